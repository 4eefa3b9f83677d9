//! What a field's parts are. In: a field as it stands, and its kind. Out: its values, each as the part it is. Refuses what
//! holds no datum: prefixes, type codes, authorities, states.

use crate::extract::values::Values;

use super::codes::{self, Code};
use super::places::{At, OBSERVED, Part};
use super::segments::Kind;
use super::{Hl7, Observed, find};

/// Components beyond this number share the last one's place.
const COMPONENTS: usize = 32;
/// A value longer than this is text.
const VALUE: usize = 4 << 10;
/// Longer data in base 64 may have a structure of its own.
const NOTE: usize = 1 << 10;

/// The components of a repetition: bytes and where they start in it.
struct Components<'a> {
    bytes: &'a [u8],
    ends: [u32; COMPONENTS],
    count: usize,
}

impl<'a> Components<'a> {
    /// The last takes all that is left.
    fn of(bytes: &'a [u8], separator: Option<u8>) -> Components<'a> {
        let mut components = Components { bytes, ends: [bytes.len() as u32; COMPONENTS], count: 1 };
        let Some(separator) = separator else { return components };
        let mut at = 0;
        while components.count < COMPONENTS
            && let Some(length) = find(separator, &bytes[at..])
        {
            components.ends[components.count - 1] = (at + length) as u32;
            components.count += 1;
            at += length + 1;
        }
        components
    }

    /// A component, from 1, and where it starts; empty where there is none.
    fn get(&self, number: usize) -> (&'a [u8], usize) {
        if number > self.count {
            return (&[], self.bytes.len());
        }
        let start = if number == 1 { 0 } else { self.ends[number - 2] as usize + 1 };
        (&self.bytes[start..self.ends[number - 1] as usize], start)
    }
}

/// A repetition of a field that is being read.
#[derive(Clone, Copy)]
struct Spot {
    segment: usize,
    number: usize,
    kind: Kind,
    base: u32,
}

impl Hl7 {
    /// Reads one field.
    pub(super) fn value(&mut self, segment: usize, number: usize, field: &[u8], base: u32, out: &mut Values<'_>) {
        let kind = self.segments[segment].fields[number].kind;
        match kind {
            Kind::Structure => {
                if &self.segments[segment].name == b"OBX" {
                    self.observe(number, field);
                }
                return;
            }
            Kind::Text => return self.words(Spot { segment, number, kind, base }, field, 0, out),
            Kind::Observation if self.observed.kind == Kind::Text && self.observed.code == 0 => {
                return self.words(Spot { segment, number, kind, base }, field, 0, out);
            }
            _ => {}
        }
        let mut rest = field;
        let mut base = base;
        loop {
            let end = self.delimiters.repetition.and_then(|separator| find(separator, rest));
            let repetition = &rest[..end.unwrap_or(rest.len())];
            if !repetition.is_empty() {
                let kind = if kind == Kind::Observation { self.observed.kind } else { kind };
                self.repetition(Spot { segment, number, kind, base }, repetition, out);
            }
            let Some(end) = end else { return };
            rest = &rest[end + 1..];
            base += end as u32 + 1;
        }
    }

    /// What OBX-2 and OBX-3 say of OBX-5.
    fn observe(&mut self, number: usize, field: &[u8]) {
        match number {
            2 => {
                self.observed.kind = match field.trim_ascii() {
                    b"" | b"TX" | b"FT" | b"ST" => Kind::Text,
                    b"ED" => Kind::Observation,
                    b"CE" | b"CWE" | b"CNE" | b"CF" => Kind::Entity,
                    b"NM" | b"SN" | b"ID" | b"IS" | b"SI" | b"RP" | b"XON" | b"PL" | b"MO" | b"CP" | b"NA" | b"MA" => {
                        Kind::Structure
                    }
                    b"TS" | b"DT" | b"DTM" | b"DR" => Kind::Service,
                    b"CX" => Kind::Id,
                    b"XPN" | b"PN" => Kind::Name,
                    b"XAD" | b"AD" => Kind::Address,
                    b"XTN" | b"TN" => Kind::Phone,
                    b"XCN" | b"CN" | b"PPN" => Kind::Person,
                    b"DLN" => Kind::License,
                    b"EI" => Kind::Entity,
                    _ => Kind::Value,
                }
            }
            3 => {
                let components = Components::of(field, self.delimiters.component);
                let parts = [1, 2, 4, 5].map(|n| components.get(n).0.trim_ascii());
                let is = |text: &str| parts.iter().any(|part| part.eq_ignore_ascii_case(text.as_bytes()));
                let found = OBSERVED.iter().position(|(code, name, _)| is(code) || is(name));
                self.observed.code = found.map_or(0, |at| at as u8 + 1);
            }
            _ => {}
        }
    }

    /// One repetition of a field.
    fn repetition(&mut self, spot: Spot, bytes: &[u8], out: &mut Values<'_>) {
        let components = Components::of(bytes, self.delimiters.component);
        let one = |number: usize| components.get(number);
        let observed = if self.segments[spot.segment].fields[spot.number].kind == Kind::Observation {
            self.observed
        } else {
            Observed { kind: spot.kind, code: 0 }
        };
        if observed.code > 0 && !matches!(spot.kind, Kind::Id | Kind::Name | Kind::Address | Kind::Phone | Kind::Person)
        {
            return self.part(spot, (bytes, 0), 0, Part::Whole, observed.code, out);
        }
        match spot.kind {
            Kind::Structure => {}
            Kind::Observation => self.data(spot, &components, out),
            // What a code means, as people write it.
            Kind::Entity if observed.kind == Kind::Entity && self.is_observation(spot) => {
                for number in [2, 5, 9] {
                    self.part(spot, one(number), number, Part::Text, 0, out);
                }
            }
            Kind::Text => self.words(spot, bytes, 0, out),
            Kind::Single | Kind::License | Kind::Entity => self.part(spot, one(1), 0, Part::Whole, 0, out),
            Kind::Birth | Kind::Death | Kind::Service | Kind::Date => {
                // TQ, of appointments and orders: its start stands behind quantity and interval (v2.5.1 2.A.81).
                let (date, at) = if one(1).0.is_empty() { one(4) } else { one(1) };
                self.part(spot, (without_zone(date), at), 0, Part::Whole, 0, out);
            }
            Kind::Id => {
                let code = codes::code(one(5).0, one(4).0, self.delimiters.sub.unwrap_or(b'&'));
                self.part(spot, one(1), 1, Part::Id, code, out);
            }
            Kind::Name => (1..=3).for_each(|number| self.name(spot, one(number), number, out)),
            Kind::Person => {
                let sub = self.delimiters.sub.unwrap_or(b'&');
                let code = codes::code(one(13).0, one(9).0, sub);
                self.id_or_name(spot, one(1), code, out);
                (2..=4).for_each(|number| self.name(spot, one(number), number, out));
            }
            Kind::Agent => {
                let parts = Components::of(one(1).0, self.delimiters.sub);
                self.id_or_name(spot, parts.get(1), 0, out);
                (2..=4).for_each(|number| self.part(spot, parts.get(number), 1, Part::Name, 0, out));
            }
            Kind::Address => {
                self.street(spot, one(1), out);
                self.part(spot, one(2), 2, Part::Line, 0, out);
                self.part(spot, one(5), 5, Part::Zip, 0, out);
            }
            Kind::Phone => self.phone(spot, &components, out),
            Kind::Value => self.anything(spot, &components, out),
        }
    }

    fn is_observation(&self, spot: Spot) -> bool {
        self.segments[spot.segment].fields[spot.number].kind == Kind::Observation
    }

    /// Hands out a part of a field, its escapes resolved.
    #[inline]
    fn part(
        &mut self,
        spot: Spot,
        (bytes, at): (&[u8], usize),
        component: usize,
        part: Part,
        code: Code,
        out: &mut Values<'_>,
    ) {
        if bytes.is_empty() {
            return;
        }
        if bytes.len() > VALUE || part == Part::Text {
            return self.words(Spot { base: spot.base + at as u32, ..spot }, bytes, component as u8, out);
        }
        let at_place = At { kind: spot.kind, part, component: component as u8, sub: 0, code };
        self.give(spot, (bytes, at), at_place, out);
    }

    fn give(&mut self, spot: Spot, (bytes, at): (&[u8], usize), at_place: At, out: &mut Values<'_>) {
        let place = self.place(spot.segment, spot.number, at_place, out);
        let base = spot.base + at as u32;
        match self.delimiters.escape.filter(|escape| find(*escape, bytes).is_some()) {
            Some(_) => {
                out.decoded(place, bytes, base, |meant| super::escape::decode(bytes, &self.delimiters, false, meant));
            }
            None => out.plain(place, bytes, base),
        }
    }

    /// Words of people, the repetitions of a field as lines of it.
    fn words(&mut self, spot: Spot, bytes: &[u8], component: u8, out: &mut Values<'_>) {
        let at = At { kind: spot.kind, part: Part::Text, component, sub: 0, code: 0 };
        let place = self.place(spot.segment, spot.number, at, out);
        let delimiters = &self.delimiters;
        let resolves =
            [delimiters.escape, delimiters.repetition].into_iter().flatten().any(|b| find(b, bytes).is_some());
        if !resolves {
            return out.text(place, bytes, spot.base);
        }
        let mut at = 0;
        while at < bytes.len() {
            let piece = &bytes[at..bytes.len().min(at + super::PIECE)];
            let piece = &piece[..super::whole_characters(piece)];
            out.decoded(place, piece, spot.base + at as u32, |meant| {
                super::escape::decode(piece, delimiters, true, meant)
            });
            at += piece.len();
        }
    }

    /// A part of a name: a surname may be divided into prefix, own and the partner's (FN, v2.5.1 2A.30).
    fn name(&mut self, spot: Spot, (bytes, at): (&[u8], usize), number: usize, out: &mut Values<'_>) {
        let divided = self.delimiters.sub.is_some_and(|sub| find(sub, bytes).is_some());
        if !divided {
            return self.part(spot, (bytes, at), number, Part::Name, 0, out);
        }
        let parts = Components::of(bytes, self.delimiters.sub);
        for part in [1, 3, 5] {
            let (bytes, inner) = parts.get(part);
            // Own surname, said again.
            if part == 1 || bytes != parts.get(1).0 {
                self.part(spot, (bytes, at + inner), number, Part::Name, 0, out);
            }
        }
    }

    /// The first component of a person: a number, or where there is none of it the name, as old systems send it.
    fn id_or_name(&mut self, spot: Spot, (bytes, at): (&[u8], usize), code: Code, out: &mut Values<'_>) {
        let words = bytes.contains(&b' ') && !bytes.iter().any(u8::is_ascii_digit);
        let part = if words { Part::Name } else { Part::Id };
        self.part(spot, (bytes, at), 1, part, if words { 0 } else { code }, out);
    }

    /// A street line; where it is divided into line, street and number (SAD, v2.5.1 2A.63), all of them.
    fn street(&mut self, spot: Spot, (bytes, at): (&[u8], usize), out: &mut Values<'_>) {
        let Some(sub) = self.delimiters.sub.filter(|sub| find(*sub, bytes).is_some()) else {
            return self.part(spot, (bytes, at), 1, Part::Street, 0, out);
        };
        let at_place = At { kind: spot.kind, part: Part::Street, component: 1, sub: 0, code: 0 };
        let place = self.place(spot.segment, spot.number, at_place, out);
        out.decoded(place, bytes, spot.base + at as u32, |meant| {
            let from = meant.len();
            super::escape::decode(bytes, &self.delimiters, false, meant);
            meant[from..].iter_mut().filter(|b| **b == sub).for_each(|b| *b = b' ');
        });
    }

    /// A telephone number or e-mail address (XTN, v2.5.1 2A.89).
    fn phone(&mut self, spot: Spot, components: &Components<'_>, out: &mut Values<'_>) {
        let one = |number: usize| components.get(number);
        let (used, equipment) = (one(2).0.trim_ascii(), one(3).0.trim_ascii());
        let internet = used.eq_ignore_ascii_case(b"NET")
            || [&b"Internet"[..], b"X.400"].iter().any(|name| equipment.eq_ignore_ascii_case(name));
        let fax = equipment.eq_ignore_ascii_case(b"FX");
        for number in [1, 4, 12] {
            let (bytes, at) = one(number);
            let part = match () {
                () if memchr::memchr(b'@', bytes).is_some() || number == 4 || (internet && !is_number(bytes)) => {
                    Part::Email
                }
                () if fax => Part::Fax,
                () => Part::Phone,
            };
            self.part(spot, (bytes, at), number, part, 0, out);
        }
        let (area, start) = one(6);
        let (local, end) = (one(7).0, one(7).1 + one(7).0.len());
        if local.is_empty() {
            return;
        }
        let part = if fax { Part::Fax } else { Part::Phone };
        if area.is_empty() {
            return self.part(spot, one(7), 7, part, 0, out);
        }
        let at_place = At { kind: spot.kind, part, component: 7, sub: 0, code: 0 };
        let place = self.place(spot.segment, spot.number, at_place, out);
        out.decoded(place, &components.bytes[start..end], spot.base + start as u32, |meant| {
            meant.extend_from_slice(area.trim_ascii());
            meant.push(b'-');
            meant.extend_from_slice(local.trim_ascii());
        });
    }

    /// Encapsulated data (ED, v2.5.1 2A.24): as it stands, or in base 64 where what it means is text. Pictures and the like
    /// are left alone.
    fn data(&mut self, spot: Spot, components: &Components<'_>, out: &mut Values<'_>) {
        let (bytes, at) = components.get(5);
        let encoding = components.get(4).0.trim_ascii();
        if encoding.eq_ignore_ascii_case(b"Hex") || bytes.is_empty() {
            return;
        }
        if !encoding.eq_ignore_ascii_case(b"Base64") {
            return self.part(spot, (bytes, at), 5, Part::Text, 0, out);
        }
        if bytes.len() > NOTE {
            // A letter, a report: a file, as in any format.
            return self.part(spot, (bytes, at), 5, Part::Text, 0, out);
        }
        let at_place = At { kind: spot.kind, part: Part::Text, component: 5, sub: 0, code: 0 };
        let place = self.place(spot.segment, spot.number, at_place, out);
        out.decoded(place, bytes, spot.base + at as u32, |meant| {
            let from = meant.len();
            base64(bytes, meant);
            let control = |b: &u8| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r');
            if meant[from..].iter().any(control) {
                meant.truncate(from);
            }
        });
    }

    /// A field of no known kind. What looks like a CX is one.
    fn anything(&mut self, spot: Spot, components: &Components<'_>, out: &mut Values<'_>) {
        let code = if components.count >= 5 { codes::code(components.get(5).0, b"", b'&') } else { 0 };
        if code > 0 {
            return self.part(spot, components.get(1), 1, Part::Id, code, out);
        }
        for number in 1..=components.count {
            let (bytes, at) = components.get(number);
            let component = if components.count > 1 { number } else { 0 };
            let (mut bytes, mut at) = (bytes, at);
            let mut sub = 0u8;
            loop {
                // Behind the last component that is told apart there may be more.
                let end = match (self.delimiters.sub, self.delimiters.component) {
                    (Some(a), Some(b)) => memchr::memchr2(a, b, bytes),
                    (Some(one), None) | (None, Some(one)) => find(one, bytes),
                    (None, None) => None,
                };
                let piece = &bytes[..end.unwrap_or(bytes.len())];
                if !piece.is_empty() && piece.len() <= VALUE {
                    let sub_place = if sub == 0 && end.is_none() { 0 } else { sub.saturating_add(1).min(9) };
                    let at_place =
                        At { kind: spot.kind, part: Part::Whole, component: component as u8, sub: sub_place, code: 0 };
                    self.give(spot, (piece, at), at_place, out);
                } else if !piece.is_empty() {
                    self.words(Spot { base: spot.base + at as u32, ..spot }, piece, component as u8, out);
                }
                let Some(end) = end else { break };
                bytes = &bytes[end + 1..];
                at += end + 1;
                sub = sub.saturating_add(1);
            }
        }
    }
}

/// A date without its offset from UTC.
fn without_zone(date: &[u8]) -> &[u8] {
    let end = date.iter().skip(8).position(|b| matches!(b, b'+' | b'-'));
    // `2026-01-31`, as nobody should send it, has figures and dashes within ten bytes.
    match end {
        Some(at) if date[..8].iter().all(u8::is_ascii_digit) => &date[..8 + at],
        _ => date,
    }
}

/// Whether something can be a telephone number rather than an address of the net.
fn is_number(bytes: &[u8]) -> bool {
    bytes.iter().filter(|b| b.is_ascii_digit()).count() >= 7 && !bytes.iter().any(u8::is_ascii_lowercase)
}

/// Appends what base 64 (RFC 4648) means, up to where it is something else. Blanks in it do not count.
fn base64(text: &[u8], out: &mut Vec<u8>) {
    let (mut held, mut bits) = (0u32, 0);
    for byte in text.iter().filter(|b| !b.is_ascii_whitespace()) {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return,
        };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
}
