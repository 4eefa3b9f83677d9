//! What a document holds, as far as the evidence in it goes. In: its drafts and the names of its columns. Out: its class,
//! which is no legal opinion.

use crate::finding::{DocumentClass, Subject};
use crate::identifier::Identifier;
use crate::judge::drafts::Draft;
use crate::judge::health::{Signals, is_health_field};
use crate::judge::plan::DocumentPlan;
use crate::judge::tally::LIKELY;

/// What the evidence in a document supports; test values support nothing.
pub(super) fn class(drafts: &[Draft], plan: &DocumentPlan, seen: &Signals) -> DocumentClass {
    let likely: Vec<&Draft> = drafts.iter().filter(|d| d.logit >= LIKELY && !d.is_test()).collect();
    let of_patients =
        |d: &&&Draft| matches!(d.subject, Subject::Patient | Subject::Unknown) && d.identifier != Identifier::NPI;
    let care = likely.iter().filter(of_patients).any(|d| {
        matches!(
            d.identifier,
            Identifier::MBI | Identifier::HICN | Identifier::MRN | Identifier::MEMBER_ID | Identifier::MEDICAID_ID
        )
    });
    let health =
        plan.health || seen.is_health() || plan.columns.iter().filter_map(|c| c.name.as_deref()).any(is_health_field);
    if likely.iter().any(|d| d.identifier == Identifier::PAYMENT_CARD) && !care {
        DocumentClass::Payment
    } else if care || (health && likely.iter().any(|d| of_patients(&d))) {
        DocumentClass::Phi
    } else if likely.iter().any(|d| d.subject == Subject::Workforce) {
        DocumentClass::Workforce
    } else if likely.iter().any(|d| of_patients(&d)) {
        DocumentClass::Pii
    } else if !likely.is_empty() {
        DocumentClass::Provider
    } else {
        DocumentClass::None
    }
}
