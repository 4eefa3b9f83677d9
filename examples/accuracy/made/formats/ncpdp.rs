//! NCPDP telecommunication, D.0: billing of prescriptions. In: a list. Out: a document.
//!
//! The train half: transmissions behind each other, patient and insurance. The held-out half: a batch with frames, segments in another
//! order, the cardholder besides the patient, claims with fill dates, more optional fields.

use super::super::Page;
use super::super::rng::Rng;
use super::{List, plain};

/// A transmission: RS between segments, FS before fields.
pub(super) fn transmission(list: &List, rng: &mut Rng) -> Page {
    let mut page = list.page("billing", list.pick(&["ncpdp", "dat"], &["txt", "bin"]));
    page.class = Some("phi");
    // BIN 6, version, code, processor control number 10, count, qualifier 2, provider id 15, date 8, vendor 10: 56 bytes.
    let head = "610066D0B1PCN       101«Npi»     «Visit:8»VENDOR    ";
    let body = list.pick(
        &[
            "^_AM04_C2«MemberId»_C1«Group»_C301_C61^_AM01_C4«BirthDate:8»_C51_CA«First:upper»_CB«Last:upper»_CM«Street»_CN«City»_CO«State»_CP«Zip»_CQ«Phone:bare»%_AM07_EM1_D2«RxNumber»_E103_D7«#11»_E730_AM03_EZ01_DB«Npi@db»_DR«DrLast:upper»",
            "^_AM01_CX01_CY«Ssn:bare»_C4«BirthDate:8»_C52_CA«First»_CB«Last»_CP«Zip»^_AM04_C2«MemberId»_C1«Group»%_AM07_EM1_D2«RxNumber»",
        ],
        &[
            "^_AM01_C4«BirthDate:8»_C51_CA«First:upper»_CB«Last:upper»_CM«Street»_CN«City»_CO«State»_CP«Zip»_CQ«Phone:bare»_HN«Email»^_AM04_C2«MemberId»_CC«HolderFirst:upper»_CD«HolderLast:upper»_C1«Group»_C3001_C63%_AM07_EM1_D2«RxNumber»_E103_D7«#11»_DE«Visit:8@de»^_AM03_EZ01_DB«Npi@db»_DR«DrLast:upper»_2J«DrFirst:upper»_PM«DrPhone:bare»",
            "^_AM04_C2«MemberId»_N5⟦Medicaid⟧«Medicaid»⟦/⟧^_AM01_CX99_CY«OldMember»_C4«BirthDate:8»_CB«Last:upper»_CA«First:upper»%_AM07_EM1_D2«RxNumber»^_AM03_EZ12_DB«Dea»",
        ],
    );
    let framed = list.split.pick(false, true);
    // Readable signs for the three separators.
    let template: String = format!("{head}{body}")
        .chars()
        .map(|c| match c {
            '_' => '\u{1c}',
            '^' => '\u{1e}',
            '%' => '\u{1d}',
            other => other,
        })
        .collect();
    for record in &list.feed.records {
        page.text(if framed { "\u{2}" } else { "" });
        list.write(&mut page, &template, record, plain, rng);
        page.text(if framed { "\u{3}" } else { "\r\n" });
    }
    page
}
