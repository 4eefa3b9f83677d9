//! A fact sheet as plain text or Markdown. In: headings, sentences, tables. Out: one text. Refuses nothing: names may hold anything,
//! and are made safe for a terminal and for Markdown.

use std::fmt::Write;

use crate::report::words::plain;

/// One piece of a sheet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Title(String),
    Heading(String),
    Sentence(String),
    Item(String),
    Table(Vec<Vec<String>>),
}

/// How a sheet is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For a terminal, or a mail.
    Text,
    /// Markdown, tables as GitHub has them.
    Markdown,
}

/// Columns a line of plain text has; tables may be wider, so that paths stay whole.
const WIDTH: usize = 80;

/// Writes a sheet.
pub(super) fn write(pieces: &[Piece], style: Style) -> String {
    let mut text = String::new();
    let mut last_item = false;
    for piece in pieces {
        let item = matches!(piece, Piece::Item(_));
        if !(text.is_empty() || item && last_item) {
            text.push('\n');
        }
        last_item = item;
        match style {
            Style::Text => as_text(piece, &mut text),
            Style::Markdown => as_markdown(piece, &mut text),
        }
    }
    text
}

fn as_text(piece: &Piece, text: &mut String) {
    match piece {
        Piece::Title(title) => {
            let title = plain(title);
            let _ = writeln!(text, "{title}\n{}", "=".repeat(title.chars().count().min(WIDTH)));
        }
        Piece::Heading(heading) => {
            let heading = plain(heading);
            let _ = writeln!(text, "{heading}\n{}", "-".repeat(heading.chars().count().min(WIDTH)));
        }
        Piece::Sentence(sentence) => wrap(&plain(sentence), "", "", text),
        Piece::Item(item) => wrap(&plain(item), "- ", "  ", text),
        Piece::Table(rows) => {
            let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
            let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
            let width = |at: usize| {
                rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0)
            };
            let widths: Vec<usize> = (0..columns).map(width).collect();
            for row in &rows {
                let cells: Vec<String> =
                    row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width)).collect();
                let _ = writeln!(text, "{}", cells.join("  ").trim_end());
            }
        }
    }
}

fn wrap(sentence: &str, first: &str, next: &str, text: &mut String) {
    let mut line = first.to_string();
    let mut empty = true;
    for word in sentence.split(' ').filter(|word| !word.is_empty()) {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = next.to_string();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(text, "{line}");
}

fn as_markdown(piece: &Piece, text: &mut String) {
    let _ = match piece {
        Piece::Title(title) => writeln!(text, "# {}", escaped(title)),
        Piece::Heading(heading) => writeln!(text, "## {}", escaped(heading)),
        Piece::Sentence(sentence) => writeln!(text, "{}", escaped(sentence)),
        Piece::Item(item) => writeln!(text, "- {}", escaped(item)),
        Piece::Table(rows) => {
            for (at, row) in rows.iter().enumerate() {
                let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
                let _ = writeln!(text, "| {} |", cells.join(" | "));
                if at == 0 {
                    let _ = writeln!(text, "|{}", " --- |".repeat(row.len()));
                }
            }
            Ok(())
        }
    };
}

/// A text in which no name can be Markdown or HTML.
fn escaped(text: &str) -> String {
    let text = plain(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_text_or_markdown_and_names_play_no_tricks() {
        let pieces = [
            Piece::Title("Facts".to_string()),
            Piece::Item("a|b\u{1b}[31m <b>".to_string()),
            Piece::Item("two".to_string()),
            Piece::Table(vec![
                vec!["a".to_string(), "people".to_string()],
                vec!["long".to_string(), "<11".to_string()],
            ]),
            Piece::Sentence("word ".repeat(30)),
        ];
        let text = write(&pieces, Style::Text);
        assert!(
            text.starts_with("Facts\n=====\n\n- a|b\\u{1b}[31m <b>\n- two\n\na     people\nlong  <11\n\n"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        let markdown = write(&pieces, Style::Markdown);
        assert!(
            markdown.contains("| long | &lt;11 |\n") && markdown.contains("|\n| --- | --- |\n| long"),
            "{markdown}"
        );
        assert!(markdown.contains("- a\\|b\\\\u{1b}\\[31m &lt;b&gt;\n"), "{markdown}");
    }
}
