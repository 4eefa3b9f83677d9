//! Whose the values of a document are. In: its drafts, what the names of its columns say. Out: a subject for each draft of
//! which field and words did not say it.

use crate::finding::Subject;
use crate::identifier::Identifier;
use crate::judge::drafts::Draft;
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::LIKELY;
use crate::rules::FieldName;

/// Words of the names of columns that say what happened to a worker.
const INJURIES: [&str; 3] = ["injured", "injuries", "injury"];

/// Whose the values are, where field and words did not say: the company they keep decides.
pub(super) fn subjects(plan: &DocumentPlan, drafts: &mut [Draft]) {
    let likely = |d: &&Draft| d.logit >= LIKELY;
    let person = |i: Identifier| {
        matches!(
            i,
            Identifier::SSN
                | Identifier::ITIN
                | Identifier::BIRTH_DATE
                | Identifier::MBI
                | Identifier::HICN
                | Identifier::MRN
                | Identifier::MEMBER_ID
                | Identifier::MEDICAID_ID
        )
    };
    for draft in drafts.iter_mut() {
        // Registrants prescribe: a patient's own number only where the patient is named as its owner.
        let registrant = draft.identifier == Identifier::DEA && draft.subject != Subject::Patient;
        if draft.identifier == Identifier::NPI || registrant {
            draft.subject = Subject::Provider;
        }
    }
    let plan_says = |subject: Subject| plan.columns.iter().filter(|c| c.subject == Some(subject)).count();
    // A worker who was injured is a patient: first reports of injury, logs of accidents.
    let of_injuries =
        |name: &String| FieldName::parse(name).tokens.iter().any(|word| INJURIES.contains(&word.as_str()));
    let injured = plan.columns.iter().filter_map(|column| column.name.as_ref()).any(of_injuries);
    if injured {
        let workers = drafts.iter_mut().filter(|draft| draft.subject == Subject::Workforce);
        workers.for_each(|draft| draft.subject = Subject::Patient);
    }
    let workforce = if injured { 0 } else { plan_says(Subject::Workforce) };
    let patients = plan_says(Subject::Patient);
    let health = drafts.iter().filter(likely).any(|d| {
        matches!(
            d.identifier,
            Identifier::MBI | Identifier::HICN | Identifier::MRN | Identifier::MEMBER_ID | Identifier::MEDICAID_ID
        )
    });
    let people = drafts.iter().filter(likely).any(|d| person(d.identifier) && d.subject != Subject::Provider);
    let directory =
        drafts.iter().filter(likely).any(|d| d.identifier == Identifier::NPI && d.column.is_some()) && !people;
    let everyone = if workforce > 0 && !health && workforce >= patients {
        Some(Subject::Workforce)
    } else if directory {
        Some(Subject::Provider)
    } else if health || patients > 0 || drafts.iter().filter(likely).any(|d| d.subject == Subject::Patient) {
        Some(Subject::Patient)
    } else {
        None
    };
    for draft in drafts.iter_mut().filter(|d| d.subject == Subject::Unknown) {
        draft.subject = everyone.unwrap_or(Subject::Unknown);
    }
}
