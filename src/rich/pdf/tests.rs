//! PDF files made here, whole, locked and damaged: which text comes out of them, and which pages are gaps.

use std::io::Cursor;

use lopdf::{Dictionary, EncryptionState, EncryptionVersion, IncrementalDocument, Permissions, Stream, dictionary};

use super::*;
use crate::rich::tests::Collected;

fn collected(bytes: &[u8]) -> Collected {
    let mut parts = Collected::default();
    read(Asked { format: "pdf", ..Asked::default() }, &mut Cursor::new(bytes), &mut parts).expect("read");
    parts
}

fn part(parts: &Collected, name: &str) -> String {
    let found = parts.parts.iter().find(|(part, _)| part.name == name);
    String::from_utf8(found.unwrap_or_else(|| panic!("no {name}")).1.clone()).expect("UTF-8")
}

/// A document with a page of each content.
fn made(contents: &[&str]) -> Pdf {
    let mut pdf = Pdf::with_version("1.5");
    let tree = pdf.new_object_id();
    let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let image = Stream::new(dictionary! { "Subtype" => "Image", "Width" => 8, "Height" => 8 }, vec![0; 8]);
    let image = pdf.add_object(image);
    let resources = pdf.add_object(dictionary! {
        "Font" => dictionary! { "F1" => font },
        "XObject" => dictionary! { "Im" => image },
    });
    let mut kids = Vec::new();
    for content in contents {
        let content = pdf.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
        let page = dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content };
        kids.push(Object::Reference(pdf.add_object(page)));
    }
    let count = kids.len() as i64;
    let node = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources };
    pdf.objects.insert(tree, Object::Dictionary(node));
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    pdf
}

fn saved(mut pdf: Pdf) -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf.compress();
    pdf.save_to(&mut bytes).expect("saved");
    bytes
}

const LIST: &str =
    "BT /F1 10 Tf 300 700 Td (536-90-4399) Tj -250 0 Td (SSN:) Tj 0 -20 Td (Ann) Tj 30 0 Td (Miller) Tj ET";

#[test]
fn labels_stand_before_their_values() {
    let body = part(&collected(&saved(made(&[LIST, "BT /F1 10 Tf [(J) 20 (os) -600 (\\351)] TJ ET"]))), "body");
    let lines: Vec<_> = body.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines[..3], ["SSN: 536-90-4399", "Ann Miller", ""], "{body}");
    assert_eq!(body.matches('\u{c}').count(), 2);
    assert!(body.contains("Jos "), "{body}");
}

#[test]
fn text_that_is_hidden_is_text() {
    let boxed = format!("{LIST} 0 g 0 600 600 200 re f");
    assert!(part(&collected(&saved(made(&[&boxed]))), "body").contains("536-90-4399"));
    let invisible = LIST.replace("Tf", "Tf 3 Tr");
    assert!(part(&collected(&saved(made(&[&invisible]))), "body").contains("536-90-4399"));
    let turned = "q 0 1 -1 0 100 100 cm BT /F1 10 Tf (SSN:) Tj 26 0 Td (536-90-4399) Tj ET Q";
    assert!(part(&collected(&saved(made(&[turned]))), "body").contains("SSN: 536-90-4399"));
}

#[test]
fn pages_that_are_pictures_are_gaps() {
    let picture = "q 500 0 0 700 0 0 cm /Im Do Q BT /F1 10 Tf (page 2) Tj ET";
    let parts = collected(&saved(made(&[LIST, picture, picture, "q 20 0 0 20 0 0 cm /Im Do Q"])));
    let told: Vec<_> = parts.gaps.iter().map(|(part, reason, _)| (part.as_deref(), *reason)).collect();
    assert_eq!(told, [(Some("pages 2-3"), Reason::Image)]);
}

#[test]
fn what_stands_beside_pages_is_read() {
    let mut pdf = made(&[LIST]);
    let field = pdf
        .add_object(dictionary! { "T" => Object::string_literal("dob"), "V" => Object::string_literal("04/01/1950") });
    let group = pdf
        .add_object(dictionary! { "T" => Object::string_literal("patient"), "Kids" => vec![Object::Reference(field)] });
    let file = pdf.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, b"a,b\n1,2\n".to_vec()));
    let spec = dictionary! { "Type" => "Filespec", "F" => Object::string_literal("list.csv"), "EF" => dictionary! { "F" => file } };
    let names = dictionary! { "EmbeddedFiles" => dictionary! { "Names" => vec![Object::string_literal("x"), Object::Dictionary(spec)] } };
    let catalog = pdf.catalog_mut().expect("a catalog");
    catalog.set("AcroForm", dictionary! { "Fields" => vec![Object::Reference(group)] });
    catalog.set("Names", names);
    let info = pdf.add_object(
        dictionary! { "Title" => Object::String(b"\xfe\xff\0A\0n\0n".to_vec(), lopdf::StringFormat::Literal) },
    );
    pdf.trailer.set("Info", info);
    let note = pdf.add_object(
        dictionary! { "Type" => "Annot", "Subtype" => "Text", "Contents" => Object::string_literal("MRN 1234567") },
    );
    let page = *pdf.get_pages().values().next().expect("a page");
    pdf.get_dictionary_mut(page).expect("a page").set("Annots", vec![Object::Reference(note)]);
    let parts = collected(&saved(pdf));
    assert_eq!(part(&parts, "form fields"), "dob: 04/01/1950\n");
    assert_eq!(part(&parts, "annotations"), "MRN 1234567\n");
    assert_eq!(part(&parts, "properties"), "Title: Ann\n");
    assert_eq!(part(&parts, "list.csv"), "a,b\n1,2\n");
}

#[test]
fn earlier_revisions_are_read() {
    let before = saved(made(&[LIST]));
    let pdf = Pdf::load_mem(&before).expect("loaded");
    let content = pdf.get_page_contents(*pdf.get_pages().values().next().expect("a page"))[0];
    let mut update = IncrementalDocument::create_from(before, pdf);
    let stream = Stream::new(Dictionary::new(), b"BT /F1 10 Tf (clean) Tj ET".to_vec());
    update.new_document.objects.insert(content, Object::Stream(stream));
    let mut bytes = Vec::new();
    update.save_to(&mut bytes).expect("saved");
    let parts = collected(&bytes);
    assert!(!part(&parts, "body").contains("536-90-4399"));
    assert!(part(&parts, "earlier revision").contains("536-90-4399"));
}

#[test]
fn what_is_encrypted_needs_its_password() {
    let encrypted = |user: &str| {
        let mut pdf = made(&[LIST]);
        let id = Object::string_literal("0123456789abcdef");
        pdf.trailer.set("ID", vec![id.clone(), id]);
        let state = EncryptionState::try_from(EncryptionVersion::V2 {
            document: &pdf,
            owner_password: "owner",
            user_password: user,
            key_length: 128,
            permissions: Permissions::all(),
        });
        pdf.encrypt(&state.expect("a state")).expect("encrypted");
        let mut bytes = Vec::new();
        pdf.save_to(&mut bytes).expect("saved");
        bytes
    };
    assert!(part(&collected(&encrypted("")), "body").contains("536-90-4399"));
    let bytes = encrypted("secret");
    let with = |passwords: &[String]| {
        let mut parts = Collected::default();
        let asked = Asked { format: "pdf", passwords, ..Asked::default() };
        read(asked, &mut Cursor::new(&bytes), &mut parts).map(|()| part(&parts, "body"))
    };
    assert_eq!(with(&["wrong".to_string()]), Err(Halt::new(Reason::WeakEncryption, "RC4")));
    assert!(with(&["wrong".to_string(), "secret".to_string()]).expect("opened").contains("536-90-4399"));
}

#[test]
fn damage_is_a_result_or_a_halt() {
    let whole = saved(made(&[LIST, LIST]));
    let body = part(&collected(&whole), "body");
    // Without the table of references, objects are searched for.
    let table = memchr::memmem::rfind(&whole, b"startxref").expect("a mark");
    assert_eq!(part(&collected(&whole[..table]), "body"), body);
    let mut state = 7u32;
    for n in 0..400 {
        let mut bytes = whole.clone();
        bytes.truncate(whole.len() - n);
        for _ in 0..3 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = (state >> 8) as usize % bytes.len();
            bytes[at] = (state >> 3) as u8;
        }
        let _ = read(Asked::default(), &mut Cursor::new(&bytes), &mut Collected::default());
    }
}

#[test]
fn forms_that_draw_themselves_or_nothing_often_end() {
    let mut pdf = made(&["/Im Do ".repeat(40_000).as_str(), LIST]);
    let image = *pdf.objects.iter().find(|(_, object)| object.as_stream().is_ok()).expect("a picture").0;
    let form = |content: &str| Stream::new(dictionary! { "Subtype" => "Form" }, content.as_bytes().to_vec());
    // Drawn once for each time the page asks, never by itself.
    let own = format!("{LIST} {}", "/Im Do ".repeat(60));
    pdf.objects.insert(image, Object::Stream(form(&own)));
    let mut parts = Collected::default();
    // What the thread computed: on a busy machine the clock says nothing.
    let spent = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec;
    let begun = spent();
    let _ = read(Asked { format: "pdf", ..Asked::default() }, &mut Cursor::new(saved(pdf.clone())), &mut parts);
    // Nothing but blanks, which take their time all the same.
    pdf.objects.insert(image, Object::Stream(form(&" ".repeat(1 << 20))));
    let _ = read(Asked { format: "pdf", ..Asked::default() }, &mut Cursor::new(saved(pdf)), &mut parts);
    assert!(spent() - begun < 60, "{} s", spent() - begun);
}

#[test]
fn fonts_with_codes_that_are_none_are_read() {
    let mut pdf = made(&[LIST]);
    let descendant = pdf.add_object(dictionary! {
        "W" => vec![Object::Integer(4_294_967_295), vec![Object::Integer(500); 2].into(), 4_294_967_295i64.into(), 4_294_967_295i64.into(), 1.into()],
    });
    for font in [
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "FirstChar" => 4_294_967_295i64, "Widths" => vec![Object::Integer(500); 2] },
        dictionary! { "Type" => "Font", "Subtype" => "Type0", "Encoding" => "Identity-H", "DescendantFonts" => vec![descendant.into()] },
    ] {
        let at = *pdf.objects.iter().find(|(_, object)| is_font(object)).expect("a font").0;
        pdf.objects.insert(at, Object::Dictionary(font));
        assert!(!collected(&saved(pdf.clone())).parts.is_empty());
    }
}

fn is_font(object: &Object) -> bool {
    object.as_dict().is_ok_and(|font| font.has_type(b"Font"))
}
