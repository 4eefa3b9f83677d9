//! A page of a PDF. In: its content and resources. Out: the strings that it shows, whatever their colour, mode or what lies over them;
//! how much of it is pictures or drawn. Refuses forms inside each other deeper than 12, and content beyond its budget.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::content::{Content, Operand};
use super::fonts::Font;
use super::is_too_large;
use super::lines::Run;
use crate::decode::budget::Halt;
use crate::gap::Reason;
use crate::rich::Parts;

/// Forms inside each other.
const DEPTH: usize = 12;
/// Bytes of one stream of content.
const CONTENT: usize = 48 << 20;
/// Strings of a page, and graphics states that are kept.
const RUNS: usize = 500_000;
const STATES: usize = 512;
/// Operators of a page; forms that show each other many times stop here.
const OPERATORS: u64 = 20_000_000;
/// Operators that a stream counts as by itself.
const FORM: u64 = 100;

/// An affine map, as PDF writes it.
type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `a`, and then `b`.
fn product(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// What `q` keeps and `Q` brings back.
#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    spacing: f64,
    words: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

/// What a page shows.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) runs: Vec<Run>,
    /// Letters and digits among them, and codes that nothing maps to text.
    pub(super) letters: u64,
    pub(super) unknown: u64,
    /// Pictures that are not tiny, and strokes of drawings.
    pub(super) pictures: u64,
    pub(super) strokes: u64,
    /// Streams that could not be unpacked.
    pub(super) damaged: u64,
}

/// Reads pages of a document.
pub(super) struct Pages<'a> {
    document: &'a Document,
    fonts: HashMap<ObjectId, Rc<Font>>,
    operators: u64,
    /// Forms that are being drawn: none draws itself (ISO 32000-1 8.10.1).
    drawing: Vec<ObjectId>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(document: &'a Document) -> Pages<'a> {
        Pages { document, fonts: HashMap::new(), operators: 0, drawing: Vec::new() }
    }

    /// Reads the page that an object is.
    pub(super) fn read(&mut self, id: ObjectId, parts: &mut dyn Parts) -> Result<Shown, Halt> {
        let mut shown = Shown::default();
        self.operators = 0;
        self.drawing.clear();
        let resources = self.resources(id);
        let mut content = Vec::new();
        for stream in self.document.get_page_contents(id) {
            let bytes = self.document.get_object(stream).ok().and_then(|stream| stream.as_stream().ok());
            match bytes.map(|stream| stream.get_plain_content_with_limit(CONTENT)) {
                Some(Ok(bytes)) => {
                    content.extend_from_slice(&bytes);
                    content.push(b'\n');
                }
                Some(Err(error)) if is_too_large(&error) => return Err(too_large()),
                Some(Err(_)) | None => shown.damaged += 1,
            }
            if content.len() > CONTENT {
                return Err(too_large());
            }
        }
        let empty = Dictionary::new();
        self.run(&content, resources.unwrap_or(&empty), IDENTITY, 0, &mut shown, parts)?;
        self.annotations(id, &mut shown, parts)?;
        Ok(shown)
    }

    /// The resources of a page, its own or its parents'.
    fn resources(&self, id: ObjectId) -> Option<&'a Dictionary> {
        let mut at = self.document.get_dictionary(id).ok()?;
        for _ in 0..64 {
            if let Ok(resources) = at.get_deref(b"Resources", self.document).and_then(Object::as_dict) {
                return Some(resources);
            }
            at = at.get_deref(b"Parent", self.document).and_then(Object::as_dict).ok()?;
        }
        None
    }

    /// What annotations and fields of forms look like, where they stand.
    fn annotations(&mut self, id: ObjectId, shown: &mut Shown, parts: &mut dyn Parts) -> Result<(), Halt> {
        let document = self.document;
        let Ok(annotations) = document.get_page_annotations(id) else { return Ok(()) };
        for annotation in annotations.into_iter().take(10_000) {
            let look = annotation
                .get_deref(b"AP", document)
                .and_then(Object::as_dict)
                .and_then(|looks| looks.get_deref(b"N", document));
            let look = match look {
                Ok(Object::Stream(look)) => look,
                // One for each state; that of a text has none.
                _ => continue,
            };
            let corner = |dictionary: &Dictionary, key: &[u8]| -> (f64, f64) {
                let list = dictionary.get_deref(key, document).ok().and_then(|list| list.as_array().ok());
                let at = |n: usize| list.and_then(|list| list.get(n)?.as_float().ok()).map_or(0.0, f64::from);
                (at(0).min(at(2)), at(1).min(at(3)))
            };
            let ((x, y), (own_x, own_y)) = (corner(annotation, b"Rect"), corner(&look.dict, b"BBox"));
            self.form(look, &Dictionary::new(), [1.0, 0.0, 0.0, 1.0, x - own_x, y - own_y], 0, shown, parts)?;
        }
        Ok(())
    }

    fn form(
        &mut self,
        form: &lopdf::Stream,
        outer: &Dictionary,
        matrix: Matrix,
        depth: usize,
        shown: &mut Shown,
        parts: &mut dyn Parts,
    ) -> Result<(), Halt> {
        if depth > DEPTH {
            return Ok(());
        }
        let own = form.dict.get_deref(b"Matrix", self.document).ok().and_then(|own| own.as_array().ok());
        let matrix = match own.filter(|own| own.len() == 6) {
            Some(own) => {
                let mut map = IDENTITY;
                for (to, from) in map.iter_mut().zip(own) {
                    *to = from.as_float().map_or(0.0, f64::from);
                }
                product(map, matrix)
            }
            None => matrix,
        };
        let resources = form.dict.get_deref(b"Resources", self.document).and_then(Object::as_dict).unwrap_or(outer);
        match form.get_plain_content_with_limit(CONTENT) {
            Ok(content) => self.run(&content, resources, matrix, depth, shown, parts),
            Err(error) if is_too_large(&error) => Err(too_large()),
            Err(_) => {
                shown.damaged += 1;
                Ok(())
            }
        }
    }

    fn font(&mut self, resources: &Dictionary, name: &[u8]) -> Option<Rc<Font>> {
        let document = self.document;
        let fonts = resources.get_deref(b"Font", document).and_then(Object::as_dict).ok()?;
        let font = fonts.get(name).ok()?;
        let id = font.as_reference().ok();
        if let Some(known) = id.and_then(|id| self.fonts.get(&id)) {
            return Some(known.clone());
        }
        let font = Rc::new(Font::of(document, document.dereference(font).ok()?.1.as_dict().ok()?));
        if let Some(id) = id {
            self.fonts.insert(id, font.clone());
        }
        Some(font)
    }

    fn run(
        &mut self,
        content: &[u8],
        resources: &Dictionary,
        matrix: Matrix,
        depth: usize,
        shown: &mut Shown,
        parts: &mut dyn Parts,
    ) -> Result<(), Halt> {
        parts.work(content.len() as u64 / 1024 + 1)?;
        // A form is unpacked each time it is drawn, and may hold no operator at all.
        self.operators += content.len() as u64 / 64 + FORM;
        let mut state =
            State { matrix, font: None, size: 1.0, spacing: 0.0, words: 0.0, scale: 1.0, leading: 0.0, rise: 0.0 };
        let (mut kept, mut line, mut text) = (Vec::new(), IDENTITY, IDENTITY);
        let mut content = Content::new(content);
        loop {
            if self.operators > OPERATORS || shown.runs.len() > RUNS {
                return Err(Halt::new(Reason::Limit, "a page of more than 20 million operators or 500,000 strings"));
            }
            let Some((operator, operands)) = content.next() else { break };
            self.operators += 1;
            let number = |n: usize| match operands.get(n) {
                Some(Operand::Number(number)) => *number,
                _ => 0.0,
            };
            let next_line = |line: &mut Matrix, text: &mut Matrix, x: f64, y: f64| {
                *line = product([1.0, 0.0, 0.0, 1.0, x, y], *line);
                *text = *line;
            };
            match operator.as_slice() {
                b"q" if kept.len() < STATES => kept.push(state.clone()),
                b"Q" => state = kept.pop().unwrap_or(state),
                b"cm" => state.matrix = product(std::array::from_fn(number), state.matrix),
                b"BT" => (line, text) = (IDENTITY, IDENTITY),
                b"Tf" => {
                    if let Some(Operand::Name(name)) = operands.first() {
                        state.font = self.font(resources, name);
                    }
                    state.size = number(1);
                }
                b"Td" => next_line(&mut line, &mut text, number(0), number(1)),
                b"TD" => {
                    state.leading = -number(1);
                    next_line(&mut line, &mut text, number(0), number(1));
                }
                b"Tm" => {
                    line = std::array::from_fn(number);
                    text = line;
                }
                b"T*" => next_line(&mut line, &mut text, 0.0, -state.leading),
                b"TL" => state.leading = number(0),
                b"Tc" => state.spacing = number(0),
                b"Tw" => state.words = number(0),
                b"Tz" => state.scale = number(0) / 100.0,
                b"Ts" => state.rise = number(0),
                b"Tj" | b"'" | b"\"" => {
                    if operator != b"Tj" {
                        next_line(&mut line, &mut text, 0.0, -state.leading);
                    }
                    if operator == b"\"" {
                        (state.words, state.spacing) = (number(0), number(1));
                    }
                    if let Some(Operand::Text(bytes)) = operands.last() {
                        show(&state, &mut text, bytes, shown);
                    }
                }
                b"TJ" => {
                    if let Some(Operand::Array(elements)) = operands.first() {
                        for element in elements {
                            match element {
                                Operand::Text(bytes) => show(&state, &mut text, bytes, shown),
                                Operand::Number(back) => {
                                    let x = -back / 1000.0 * state.size * state.scale;
                                    text = product([1.0, 0.0, 0.0, 1.0, x, 0.0], text);
                                }
                                _ => {}
                            }
                        }
                    }
                }
                b"Do" => {
                    if let Some(Operand::Name(name)) = operands.first() {
                        self.object(resources, name, state.matrix, depth, shown, parts)?;
                    }
                }
                b"BI" => shown.pictures += u64::from(is_large(state.matrix)),
                b"l" | b"c" | b"v" | b"y" => shown.strokes += 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn object(
        &mut self,
        resources: &Dictionary,
        name: &[u8],
        matrix: Matrix,
        depth: usize,
        shown: &mut Shown,
        parts: &mut dyn Parts,
    ) -> Result<(), Halt> {
        let document = self.document;
        let objects = resources.get_deref(b"XObject", document).and_then(Object::as_dict);
        let object = objects.and_then(|objects| objects.get(name)).and_then(|object| document.dereference(object));
        let Ok((Some(id), Object::Stream(object))) = object else { return Ok(()) };
        match object.dict.get_deref(b"Subtype", document).and_then(Object::as_name) {
            Ok(b"Image") => shown.pictures += u64::from(is_large(matrix)),
            Ok(b"Form") if !self.drawing.contains(&id) => {
                // Its resources may be its own: those are not borrowed from what is changed here.
                let outer = resources.clone();
                self.drawing.push(id);
                self.form(object, &outer, matrix, depth + 1, shown, parts)?;
                self.drawing.pop();
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether a picture is large enough to show writing: an inch by half an inch.
fn is_large(matrix: Matrix) -> bool {
    (matrix[0] * matrix[3] - matrix[1] * matrix[2]).abs() > 72.0 * 36.0
}

/// Shows a string: its runs, cut where letters stand far apart.
fn show(state: &State, text: &mut Matrix, mut bytes: &[u8], shown: &mut Shown) {
    let Some(font) = &state.font else { return };
    let mut run: Option<Run> = None;
    while !bytes.is_empty() {
        let mut said = String::new();
        let (used, glyph) = font.next(bytes, &mut said);
        bytes = &bytes[used..];
        shown.unknown += u64::from(!glyph.known);
        shown.letters += said.chars().filter(|c| c.is_alphanumeric()).count() as u64;
        let width = glyph.width * font.unit * state.size * state.scale;
        let more = (state.spacing + if glyph.is_blank { state.words } else { 0.0 }) * state.scale;
        let at = product([1.0, 0.0, 0.0, 1.0, 0.0, state.rise], product(*text, state.matrix));
        *text = product([1.0, 0.0, 0.0, 1.0, width + more, 0.0], *text);
        let end = product(*text, state.matrix);
        let size = (at[2].hypot(at[3]) * state.size).abs();
        // Which way the line goes, in quarters, and the same turned back.
        let turned = (at[1].atan2(at[0]) / std::f64::consts::FRAC_PI_2).round() as i64;
        let turned = turned.rem_euclid(4) as u8;
        let back = |x: f64, y: f64| match turned {
            0 => (x, y),
            1 => (y, -x),
            2 => (-x, -y),
            _ => (-y, x),
        };
        let ((from, y), (mut to, _)) = (back(at[4], at[5]), back(end[4], end[5]));
        let spread = more * at[0].hypot(at[1]);
        to -= spread;
        match &mut run {
            Some(run) if spread < 0.3 * size => {
                run.text.push_str(&said);
                run.to = to;
            }
            _ => {
                shown.runs.extend(run.take());
                run = Some(Run { text: said, from: from.min(to), to: from.max(to), y, size, turned });
            }
        }
    }
    shown.runs.extend(run);
}

fn too_large() -> Halt {
    Halt::new(Reason::Limit, "a page of more than 48 MiB of content")
}
