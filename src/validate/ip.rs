//! Addresses of the Internet. In: bytes of one candidate. Out: whether it can be one computer's. Refuses addresses of
//! nobody: loops, groups, documentation, and the public resolvers that everybody writes down.
//!
//! Sources: RFC 791, 4291, 1918, 6598, 3849, 5737, 6890.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::blank::{is_blank, loose};
use super::{Normal, Setting, Verdict};

/// An IPv4 or IPv6 address, with a port behind it where a field holds it.
pub fn check(bytes: &[u8], setting: Setting) -> Verdict {
    let mut value = loose(bytes);
    if is_blank(value) {
        return Verdict::Blank;
    }
    if setting == Setting::Field && value.iter().filter(|b| **b == b':').count() == 1 {
        value = value.split(|b| *b == b':').next().unwrap_or(value);
    }
    let value = value.strip_prefix(b"[").map_or(value, |v| v.split(|b| *b == b']').next().unwrap_or(v));
    let Some(address) = std::str::from_utf8(value).ok().and_then(|text| text.parse::<IpAddr>().ok()) else {
        return Verdict::Invalid("no address");
    };
    let normal = |octets: &[u8]| {
        let mut normal = Normal::EMPTY;
        octets.iter().for_each(|octet| normal.push(*octet));
        normal
    };
    match address {
        IpAddr::V4(v4) => match (nobody_v4(v4), private_v4(v4)) {
            (Some(because), _) => Verdict::Invalid(because),
            (_, true) if setting == Setting::Free => Verdict::Invalid("a private network's"),
            _ => Verdict::plain(normal(&v4.octets()), i64::from(v4.to_bits()), false),
        },
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) if nobody_v4(v4).is_some() => Verdict::Invalid("nobody's"),
            _ => match nobody_v6(v6) {
                Some(because) => Verdict::Invalid(because),
                None if v6.is_unique_local() && setting == Setting::Free => Verdict::Invalid("a private network's"),
                None => Verdict::plain(normal(&v6.octets()), 0, false),
            },
        },
    }
}

/// Why an IPv4 address is nobody's.
fn nobody_v4(v4: Ipv4Addr) -> Option<&'static str> {
    match v4.octets() {
        [0, ..] | [127, ..] | [224..=255, ..] => Some("no single computer's"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [198, 18 | 19, ..] => Some("kept for documentation"),
        [8, 8, 8 | 4, 8 | 4] | [1, 0 | 1, 0 | 1, 1] | [9, 9, 9, 9] | [208, 67, 222 | 220, 220 | 222] => {
            Some("a public resolver")
        }
        // `1.2.3.4`, `5.4.3.0`: samples and versions.
        [1, 2, 3, 4] | [4, 3, 2, 1] => Some("made up"),
        [a, b, c, d] if a == b && b == c && c == d => Some("made up"),
        [_, 0, 0, 0] | [_, _, 0, 0] => Some("a network, or a version"),
        _ => None,
    }
}

/// Whether anybody may use an IPv4 address at home: RFC 1918, 6598, and those a machine gives itself.
fn private_v4(v4: Ipv4Addr) -> bool {
    v4.is_private() || v4.is_link_local() || matches!(v4.octets(), [100, 64..=127, ..])
}

/// Why an IPv6 address is nobody's.
fn nobody_v6(v6: Ipv6Addr) -> Option<&'static str> {
    let head = v6.segments();
    if v6.is_loopback() || v6.is_unspecified() || v6.is_multicast() || head[0] & 0xFFC0 == 0xFE80 {
        return Some("no single computer's");
    }
    (head[0] == 0x2001 && head[1] == 0xDB8).then_some("kept for documentation")
}

#[cfg(test)]
mod tests {
    use super::super::table::{Say::*, run};
    use super::*;

    #[test]
    fn addresses_of_computers_are_told_from_others() {
        run(
            check,
            &[
                ("73.162.48.29", Yes, Yes, "a home"),
                ("73.162.48.290", No, No, "too large"),
                ("73.162.048.29", No, No, "a leading zero"),
                ("192.168.4.17", No, Yes, "a private network: a field must say so"),
                ("127.0.0.1", No, No, "the machine itself"),
                ("192.0.2.44", No, No, "documentation"),
                ("8.8.8.8", No, No, "a resolver"),
                ("2601:647:4d00:48:2913:5702:1:9", Yes, Yes, "a home"),
                ("2601:647::9", Yes, Yes, "shortened"),
                ("2001:db8::1", No, No, "documentation"),
                ("fe80::1", No, No, "the link's"),
                ("73.162.48.29:51344", No, Yes, "with a port"),
                ("localhost", No, No, "a word"),
            ],
        );
    }
}
