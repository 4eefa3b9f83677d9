//! The text of an XML part that has no reader of its own. In: XML. Out: its text, a line for each element that holds any, with the name
//! of the element or of the property before it. Refuses nothing; what is neither text nor a telling attribute is left out.

use super::out::Out;
use super::package::Package;
use super::xml::Node;
use crate::decode::budget::Halt;
use crate::rich::Parts;

/// Elements inside a line.
const INLINE: [&str; 12] = ["r", "t", "rPr", "span", "tab", "br", "b", "i", "u", "a", "fld", "font"];
/// Elements whose name says nothing about what they hold.
const NAMELESS: [&str; 16] =
    ["t", "p", "v", "r", "text", "span", "f", "lpwstr", "lpstr", "bstr", "i4", "filetime", "tx", "div", "font", "tc"];
/// Attributes that hold text of people.
const TELLING: [&str; 13] = [
    "name",
    "descr",
    "title",
    "alt",
    "displayName",
    "userId",
    "author",
    "caption",
    "tooltip",
    "connection",
    "command",
    "sourceFile",
    "initials",
];
/// Bytes held before they are handed on.
const HELD: usize = 64 << 10;

/// Writes the text of a member into the part that was begun. With `attributes`, what telling attributes hold too.
///
/// # Errors
/// Where the XML is damaged, or no more is wanted.
pub(super) fn write(package: &mut Package<'_>, name: &str, attributes: bool, out: &mut Out<'_>) -> Result<(), Halt> {
    let mut xml = package.xml(name)?;
    let (mut text, mut line) = (String::new(), String::new());
    // The name of the property, else of the element, that the line stands in.
    let (mut label, mut property) = (String::new(), String::new());
    loop {
        if let Some(units) = xml.due() {
            out.work(units)?;
        }
        if text.len() > HELD {
            out.write(text.as_bytes())?;
            text.clear();
        }
        let Some(node) = xml.next()? else { break };
        match node {
            Node::Open(tag) => {
                let name = tag.name();
                if matches!(name, "tab" | "br") {
                    line.push(' ');
                }
                if !INLINE.contains(&name) {
                    end_line(&mut text, &mut line, &label);
                    if matches!(name, "property" | "user-defined") {
                        property = tag.attr("name").unwrap_or_default().into_owned();
                    }
                    label.clear();
                    label.push_str(if !property.is_empty() {
                        &property
                    } else if NAMELESS.contains(&name) {
                        ""
                    } else {
                        name
                    });
                }
                if attributes {
                    for (key, value) in tag.attrs().filter(|(key, value)| TELLING.contains(key) && !value.is_empty()) {
                        text.push_str(key);
                        text.push_str(": ");
                        text.push_str(&value);
                        text.push('\n');
                    }
                }
            }
            Node::Close(end) => {
                if !INLINE.contains(&end.name()) {
                    end_line(&mut text, &mut line, &label);
                    label.clear();
                }
                if matches!(end.name(), "property" | "user-defined") {
                    property.clear();
                }
            }
            Node::Text(piece) => line.push_str(&piece),
        }
    }
    end_line(&mut text, &mut line, &label);
    out.write(text.as_bytes())
}

fn end_line(text: &mut String, line: &mut String, label: &str) {
    let shown = line.trim();
    if !shown.is_empty() {
        if !label.is_empty() {
            text.push_str(label);
            text.push_str(": ");
        }
        text.push_str(shown);
        text.push('\n');
    }
    line.clear();
}
