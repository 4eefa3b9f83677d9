//! E-mail addresses. In: bytes of one candidate. Out: whether it can be a person's. Refuses what RFC 5321 does not allow,
//! addresses nobody reads and version-control users.

use super::blank::{is_blank, loose};
use super::{Normal, Setting, Verdict};

/// Domains kept for examples and tests (RFC 2606, RFC 6761), and those of everybody's first example.
const EXAMPLES: &[&str] = &[
    "domain.com",
    "email.com",
    "example",
    "example.com",
    "example.net",
    "example.org",
    "invalid",
    "localhost",
    "mydomain.com",
    "test",
    "test.com",
    "yourdomain.com",
];

/// Users that nobody reads or that are programs.
const MACHINES: &[&str] = &[
    "bounce",
    "bounces",
    "daemon",
    "do-not-reply",
    "donotreply",
    "git",
    "hg",
    "mailer-daemon",
    "no-reply",
    "no_reply",
    "noreply",
    "svn",
];

/// The bytes of a user's part that are in use (RFC 5321, dot-string), and those of other alphabets.
const IN_USER: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte >= 0x80;
        byte += 1;
    }
    let marks = b"!#$%&'*+-/=?^_`{|}~.";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// An e-mail address.
pub fn check(bytes: &[u8], _setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if value.len() > 7 && value[..7].eq_ignore_ascii_case(b"mailto:") {
        value = &value[7..];
    }
    let Some((user, domain)) = split(value) else {
        return Verdict::Invalid("not an e-mail address");
    };
    // None of them is longer, and each starts with one of these letters.
    let maybe_machine = user.len() <= 13 && matches!(user[0] | 0x20, b'b' | b'd' | b'g' | b'h' | b'm' | b'n' | b's');
    if maybe_machine && MACHINES.iter().any(|m| m.as_bytes().eq_ignore_ascii_case(user)) {
        return Verdict::Invalid("nobody reads this address");
    }
    let within = |example: &str| {
        let at = domain.len().checked_sub(example.len());
        at.is_some_and(|at| {
            domain[at..].eq_ignore_ascii_case(example.as_bytes()) && (at == 0 || domain[at - 1] == b'.')
        })
    };
    let test = EXAMPLES.iter().any(|example| within(example));
    let normal = Normal::lower(value);
    Verdict::plain(normal, 0, test)
}

/// Whether the text is an e-mail address by its form.
pub fn is_email(value: &[u8]) -> bool {
    split(value).is_some()
}

/// User and domain. User 1–64 bytes of the characters in use, domain of two labels or more of 1–63, all within 254.
fn split(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = value.iter().position(|b| *b == b'@')?;
    let (user, domain) = (&value[..at], &value[at + 1..]);
    let in_user = |b: &u8| IN_USER[*b as usize];
    let user_fits = (1..=64).contains(&user.len())
        && user.iter().all(in_user)
        && user[0] != b'.'
        && user[user.len() - 1] != b'.'
        && !user.windows(2).any(|pair| pair == b"..");
    let label_fits = |label: &[u8]| {
        (1..=63).contains(&label.len())
            && label.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b >= 0x80)
            && label[0] != b'-'
            && label[label.len() - 1] != b'-'
    };
    let top = domain.rsplit(|b| *b == b'.').next()?;
    let fits = user_fits
        && value.len() <= 254
        && domain.contains(&b'.')
        && domain.split(|b| *b == b'.').all(label_fits)
        && top.len() >= 2
        && top.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80);
    fits.then_some((user, domain))
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn addresses_are_told_from_what_looks_so() {
        run(
            check,
            &[
                ("jane.roe@gmail.com", Yes, Yes, "plain"),
                ("j+x@mail.co.uk", Yes, Yes, "with a tag"),
                ("mailto:jane.roe@gmail.com", Yes, Yes, "a link"),
                ("jane@example.com", Test, Test, "RFC 2606"),
                ("jane@mail.example.org", Test, Test, "RFC 2606"),
                ("jane@host.test", Test, Test, "RFC 6761"),
                ("jane@bestexample.com", Yes, Yes, "another domain"),
                ("noreply@clinic.org", No, No, "nobody reads it"),
                ("git@github.com", No, No, "version control"),
                ("a@b", No, No, "no domain"),
                ("x..y@z.com", No, No, "two dots"),
                ("jane roe@z.com", No, No, "a space"),
                ("none", Empty, Empty, "not filled in"),
            ],
        );
    }
}
