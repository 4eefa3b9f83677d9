//! The shapes that pictures cannot say, each with code of its own. In: bytes. Out: spans. They know forms only: that
//! `John Smith` may be a person is for `judge` to say.

mod code;
mod email;
mod kinds;
mod name;
mod po_box;
mod street;
mod suffix;
mod token;
mod url;
mod walk;

pub(crate) use street::has_town;
pub use suffix::is_street_suffix;
pub(super) use walk::Walk;

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// An e-mail address (RFC 5321 lengths, the characters people use).
    Email,
    /// A token of letters, digits and inner `-`, 4 to 24 long with three digits or more (in a row right behind its
    /// letters where it opens with letters), behind a label: what an MRN or member id looks like in text.
    Code,
    /// A run of 12 to 130 letters and digits behind a label, as digests and vehicle numbers are.
    Token,
    /// A web address, `http` or `https`.
    Url,
    /// House number, capitalised words and a street suffix of USPS Publication 28.
    Street,
    /// `P.O. Box 123` in its spellings.
    PoBox,
    /// Two to four capitalised words in a row, or `Last, First` where `Last` is more than a letter; words all in
    /// capitals only behind a colon, with the comma or where they fill a field of a table.
    NameWords,
}

impl Named {
    /// The shape written `<name>`.
    pub fn by_name(name: &str) -> Option<Named> {
        Some(match name {
            "email" => Named::Email,
            "code" => Named::Code,
            "token" => Named::Token,
            "url" => Named::Url,
            "street" => Named::Street,
            "po-box" => Named::PoBox,
            "name-words" => Named::NameWords,
            _ => return None,
        })
    }
}

/// Calls `push(start, end)` for every span of the shape.
pub fn find(named: Named, bytes: &[u8], push: &mut dyn FnMut(usize, usize)) {
    match named {
        Named::Email => memchr::memchr_iter(b'@', bytes).for_each(|at| {
            if let Some((start, end)) = email::email(bytes, at) {
                push(start, end);
            }
        }),
        Named::Code => code::codes(bytes, push),
        Named::Token => token::tokens(bytes, push),
        Named::Url => memchr::memchr_iter(b':', bytes).for_each(|at| {
            if let Some((start, end)) = url::url(bytes, at) {
                push(start, end);
            }
        }),
        Named::Street => street::streets(bytes, push),
        Named::PoBox => memchr::memchr2_iter(b'b', b'B', bytes).for_each(|at| {
            if let Some((start, end)) = po_box::po_box(bytes, at) {
                push(start, end);
            }
        }),
        Named::NameWords => name::names(bytes, push),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(named: Named, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        find(named, text.as_bytes(), &mut |s, e| out.push(text[s..e].to_string()));
        out
    }

    #[test]
    fn named_shapes_find_their_forms() {
        for (named, text, expected) in [
            (Named::Email, "mail jane.roe@gmail.com, now", vec!["jane.roe@gmail.com"]),
            (Named::Email, "<j+x@mail.co.uk>", vec!["j+x@mail.co.uk"]),
            (Named::Email, "a|b@c.org|d", vec!["b@c.org"]),
            (Named::Email, "a@b x..y@z.com @media foo@bar.1x", vec![]),
            (Named::Code, "MRN: 00123456 and (MRN 12-34-56)", vec!["00123456", "12-34-56"]),
            (Named::Code, "Member ID# XYZ123456789", vec!["XYZ123456789"]),
            (Named::Code, "123456 7890", vec![]),
            (Named::Code, "Insurance member no.\n  J6039058500\nIt was so.\n  J6039058501", vec!["J6039058500"]),
            (
                Named::Token,
                "VIN: WBA3A5C50CF256651, hash=9b74c9897bac770ffc",
                vec!["WBA3A5C50CF256651", "9b74c9897bac770ffc"],
            ),
            (Named::Token, "id 2c4e8f10-3b5d-4a7c-9e21-8d6f0b2a4c3e; short AB123", vec![]),
            (
                Named::Url,
                "at https://a.b.org/c?d=1. Or (http://x.org/y)",
                vec!["https://a.b.org/c?d=1", "http://x.org/y"],
            ),
            (Named::Url, "ftp://a.b.org :// x://y std::fmt", vec![]),
            (Named::Street, "at 1970 S University Blvd, Mobile", vec!["1970 S University Blvd"]),
            (Named::Street, "12 Oak St NW and 5 Dr Smith; 3 Main", vec!["12 Oak St NW"]),
            (Named::Street, "at 8908 Stacy Dam Suite 094, East", vec!["8908 Stacy Dam"]),
            (Named::Street, "76222 Mike Locks\nAmandatown, SD 57113", vec!["76222 Mike Locks"]),
            (Named::Street, "1400 Broadway, New York, NY 10018", vec!["1400 Broadway"]),
            (Named::Street, "4821 Highway 9, Elm Fork NC 28001-1234.", vec!["4821 Highway 9"]),
            (Named::Street, "at 6788 Highway 51 S Apt 35, x", vec!["6788 Highway 51 S Apt 35"]),
            (
                Named::Street,
                "14091 N BROADWAY UNIT D; 12351 Camino del Sol in",
                vec!["14091 N BROADWAY UNIT D", "12351 Camino del Sol"],
            ),
            (Named::Street, "5 Via x; 4 Vista 64", vec![]),
            (Named::Street, "12 Angry Men were seen, Dayton, OH 45402", vec![]),
            (Named::Street, "24 Units, Lot 3, OK 731021; 5 Tests, In OR 12", vec![]),
            (Named::PoBox, "P.O. Box 1234; PO BOX 7, POB 12; toolbox 3", vec!["P.O. Box 1234", "PO BOX 7", "POB 12"]),
            (Named::NameWords, "Patient: John Q. Smith was", vec!["John Q. Smith"]),
            (Named::NameWords, "name: SMITH JOHN; O'Neil, Mary", vec!["SMITH JOHN", "O'Neil, Mary"]),
            (Named::NameWords, "CREATE TABLE IF NOT; foo(Bar)\nA HEADING OF IT\nx, SO IT IS, y", vec![]),
            (Named::NameWords, "  JO LEE\n  14 WALNUT ST\n  A B\n  IN IT\n  x", vec!["JO LEE"]),
            (Named::NameWords, "7,MARY K. ROE,9\nTOM RAY|x\n\"JO LEE\";1", vec!["MARY K. ROE", "TOM RAY", "JO LEE"]),
        ] {
            assert_eq!(found(named, text), expected, "{named:?} in {text}");
        }
    }
}
