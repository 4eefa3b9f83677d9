//! In: the first bytes of a PNG, JPEG, GIF or BMP. Out: whether the picture is shaped like a scanned page.
//! Refuses nothing: a picture whose size cannot be told is no page, like a photograph or an icon.

/// Whether the picture has the proportions and the size of a sheet of paper at a scanner's resolution, or is black
/// and white and large, as faxes are.
pub(super) fn is_page(head: &[u8]) -> bool {
    let Some((width, height, bits)) = size(head) else { return false };
    let (short, long) = (width.min(height), width.max(height));
    if long < 1000 || short == 0 {
        return false;
    }
    // Letter, A4 and legal; 4:3 of cameras (1.333) and 16:9 of screens (1.778) are apart from all of them.
    let ratio = f64::from(long) / f64::from(short);
    let sheet = [11.0 / 8.5, 297.0 / 210.0, 14.0 / 8.5].iter().any(|sheet| (ratio / sheet - 1.0).abs() < 0.012);
    sheet || bits == 1
}

/// Width, height and bits a pixel (0 where that takes more to tell).
fn size(head: &[u8]) -> Option<(u32, u32, u8)> {
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        // The first chunk is IHDR: width, height, bit depth, colour type (3 for a palette: then depth 1 is two colours).
        return Some((be32(head, 16)?, be32(head, 20)?, *head.get(24)?));
    }
    if head.starts_with(b"GIF8") {
        return Some((le16(head, 6)?, le16(head, 8)?, 0));
    }
    if head.starts_with(b"BM") {
        // A height below zero says that rows come from the top.
        let height = i32::from_le_bytes(head.get(22..26)?.try_into().ok()?).unsigned_abs();
        let width = u32::from_le_bytes(head.get(18..22)?.try_into().ok()?);
        return Some((width, height, *head.get(28)?));
    }
    if head.starts_with(b"\xff\xd8") { jpeg_size(head) } else { None }
}

/// Walks the segments to the frame header. A photograph's EXIF comes before it and can be longer than the head.
fn jpeg_size(head: &[u8]) -> Option<(u32, u32, u8)> {
    let mut at = 2;
    loop {
        while *head.get(at)? == 0xff && *head.get(at + 1)? == 0xff {
            at += 1;
        }
        if *head.get(at)? != 0xff {
            return None;
        }
        match *head.get(at + 1)? {
            // All SOFn; C4, C8 and CC are tables.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((be16(head, at + 7)?, be16(head, at + 5)?, 0));
            }
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::try_from(be16(head, at + 2)?).ok()?.max(2),
        }
    }
}

fn be32(head: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?))
}

fn be16(head: &[u8], at: usize) -> Option<u32> {
    Some(u16::from_be_bytes(head.get(at..at + 2)?.try_into().ok()?).into())
}

fn le16(head: &[u8], at: usize) -> Option<u32> {
    Some(u16::from_le_bytes(head.get(at..at + 2)?.try_into().ok()?).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, depth: u8) -> Vec<u8> {
        let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        head.extend(width.to_be_bytes());
        head.extend(height.to_be_bytes());
        head.extend([depth, 0, 0, 0, 0]);
        head
    }

    #[test]
    fn sheets_of_paper_are_pages() {
        assert!(is_page(&png(2550, 3300, 8)), "letter at 300 dpi");
        assert!(is_page(&png(1169, 827, 8)), "A4 across, at 100 dpi");
        assert!(is_page(&png(1728, 1100, 1)), "a fax");
        assert!(!is_page(&png(1920, 1080, 8)), "a screen");
        assert!(!is_page(&png(4000, 3000, 8)), "a camera");
        assert!(!is_page(&png(85, 110, 8)), "an icon");
        assert!(!is_page(&png(2550, 3300, 8)[..20]), "cut off");
    }

    #[test]
    fn jpeg_sizes_stand_behind_other_segments() {
        let mut head = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc2\x00\x11\x08".to_vec();
        head.extend(3300u16.to_be_bytes());
        head.extend(2550u16.to_be_bytes());
        assert!(is_page(&head));
        for end in 0..head.len() {
            assert!(!is_page(&head[..end]), "cut off at {end}");
        }
        assert!(!is_page(b"\xff\xd8\xff\xe0\x00\x00\xff\xe0\x00\x00"), "segments without a length");
    }

    #[test]
    fn bitmaps_may_stand_on_their_heads() {
        let mut head = vec![0; 30];
        head[..2].copy_from_slice(b"BM");
        head[18..22].copy_from_slice(&1700u32.to_le_bytes());
        head[22..26].copy_from_slice(&(-2200i32).to_le_bytes());
        assert!(is_page(&head));
    }
}
