//! X12 interchanges: claims, enrolment, payments, eligibility. In: a list. Out: a document.
//!
//! The train half: one line, the usual separators, the subscriber is the patient, numbers under `MI` and `SY`. The held-out half: a segment a
//! line or other separators, patients in loops of their own, numbers under `34`, `HN`, `II`, `C1`, `EA`, `1W`, `F6`, `17`, dates
//! as ranges, institutional claims, responses.

use super::super::Page;
use super::super::rng::Rng;
use super::{List, plain};

/// An interchange: a head, the records, the trailers.
fn interchange(
    list: &List,
    (code, group, guide): (&str, &str, &str),
    head: &str,
    each: &[&str],
    rng: &mut Rng,
) -> Page {
    let mut page = list.page(&format!("batch_{code}"), list.pick(&["x12", "edi"], &["txt", "dat", "edi"]));
    page.class = Some("phi");
    // Element, component, repetition, end of a segment, what stands behind that.
    let (element, component, end) = list.pick(
        &[("*", ":", "~"), ("*", ":", "~\n")],
        &[("*", ":", "~\r\n"), ("|", ">", "~"), ("*", ":", "\n"), ("^", "<", "'\n")],
    );
    let put = |text: &str| text.replace('*', element).replace(':', component).replace('~', end);
    // Names of values have colons of their own.
    let template = |text: &str| {
        let mut out = String::new();
        for (n, part) in text.split(['«', '»']).enumerate() {
            out += &if n % 2 == 0 { put(part) } else { format!("«{part}»") };
        }
        out
    };
    let repeat = if element == "^" { "U" } else { "^" };
    let isa = format!(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260102*0304*{repeat}*00501*000000001*0*P*"
    );
    page.text(&isa.replace('*', element));
    page.text(&format!("{component}{end}"));
    page.text(&put(&format!("GS*{group}*A*B*20260102*0304*1*X*{guide}~ST*{code}*0001*{guide}~")));
    let first = &list.feed.records[0];
    list.write(&mut page, &template(head), first, plain, rng);
    for record in &list.feed.records {
        let text = template(each[record.number % each.len()]);
        list.write(&mut page, &text, record, plain, rng);
    }
    page.text(&put("SE*99*0001~GE*1*1~IEA*1*000000001~"));
    page
}

/// Professional claims, and institutional ones.
pub(super) fn claims(list: &List, rng: &mut Rng) -> Page {
    let head = list.pick(
        &["BHT*0019*00*244579*20260102*1023*CH~NM1*41*2*LAKESIDE BILLING*****46*TGJ23~PER*IC*«DeskName»*TE*«DeskPhone»~NM1*40*2*PLAN*****46*66783~HL*1**20*1~NM1*85*2*LAKESIDE CLINIC*****XX*«Npi@85»~N3*«DrStreet@85»~N4*MIAMI*FL*«DrZip@85»~REF*EI*587654321~"],
        &["BHT*0019*00*1*20260102*1023*CH~NM1*41*2*ST ANNE*****46*99~NM1*40*2*PAYER*****46*7~HL*1**20*1~PRV*BI*PXC*203BF0100Y~NM1*85*1*«DrLast:upper@85»*«DrFirst:upper@85»****XX*«Npi@85»~N3*«DrStreet@85»~N4*DENVER*CO*«DrZip@85»~"],
    );
    let train: &[&str] = &[
        "HL*«Number»*1*22*0~SBR*P*18*«Group»******CI~NM1*IL*1*«Last:upper»*«First:upper»****MI*«MemberId»~N3*«Street»~N4*«City»*«State»*«Zip»~DMG*D8*«BirthDate:8»*«Sex»~REF*SY*«Ssn:bare»~NM1*PR*2*LAKESIDE*****PI*12345~CLM*«Account»*100***11:B:1*Y*A*Y*I~HI*ABK:E119~NM1*82*1*«DrLast:upper»*«DrFirst:upper»****XX*«Npi»~LX*1~SV1*HC:99213*40*UN*1***1~DTP*472*D8*«Visit:8»~",
    ];
    let held: &[&str] = &[
        "HL*«Number»*1*22*1~SBR*S**«Group»*PLAN*****HM~NM1*IL*1*«HolderLast:upper»*«HolderFirst:upper»****MI*«MemberId»~DMG*D8*«HolderBirth:8»*M~NM1*PR*2*PAYER*****PI*12345~HL*9*«Number»*23*0~PAT*19~NM1*QC*1*«Last:upper»*«First:upper»*«Middle»~N3*«Street»~N4*«City»*«State»*«Zip»~DMG*D8*«BirthDate:8»*«Sex»~CLM*«Account»*227.5***22:B:1*Y*A*Y*Y~REF*EA*«Mrn»~HI*ABK:I10*ABF:E119~NM1*DN*1*«DrLast:upper@dn»*«DrFirst:upper@dn»****XX*«Npi@dn»~LX*1~SV1*HC:99214:25*80*UN*1***1:2~DTP*472*RD8*«Visit:8»-«Written»~REF*6R*«#6»~",
        "HL*«Number»*1*22*0~SBR*P*18*******MB~NM1*IL*1*«Last:upper»*«First:upper»****MI*⟦Mbi⟧«Mbi»⟦/⟧~N3*«Street»~N4*«City»*«State»*«Zip»~DMG*D8*«BirthDate:8»*«Sex»~CLM*«Account»*2000***11:A:1**A*Y*Y~DTP*434*RD8*«Written»-20260304~CL1*3*7*30~REF*EA*«Mrn»~HI*ABK:J189~NM1*71*1*«DrLast:upper@71»*«DrFirst:upper@71»****XX*«Npi@71»~LX*1~SV2*0300*HC:81000*120*UN*1~DTP*472*D8*«Visit:8»~",
    ];
    let guide = list.pick(&["005010X222A1"], &["005010X222A1", "005010X223A2"]);
    interchange(list, ("837", "HC", guide), head, list.split.pick(train, held), rng)
}

/// Members of a plan.
pub(super) fn enrolment(list: &List, rng: &mut Rng) -> Page {
    let head = list.pick(
        &["BGN*00*12456*20260102*1200*ET***2~REF*38*«Group@38?»~N1*P5*EMPLOYER*FI*999888777~N1*IN*LAKESIDE*FI*654456654~"],
        &["BGN*00*1*20260102*1200****4~DTP*007*D8*20260101~N1*P5*EMPLOYER*FI*999888777~N1*IN*PAYER*XV*654~"],
    );
    let train: &[&str] = &[
        "INS*«Parity»*18*021*20*A***FT~REF*0F*«MemberId»~REF*1L*«Group»~DTP*356*D8*20260101~NM1*IL*1*«Last:upper»*«First:upper»*«Middle»***34*«Ssn:bare»~PER*IP**HP*«Phone:bare»~N3*«Street»~N4*«City»*«State»*«Zip»~DMG*D8*«BirthDate:8»*«Sex»~HD*021**HLT*PLAN A*FAM~DTP*348*D8*20260101~",
        "INS*«Parity»*19*030*XN*A*E**FT~REF*0F*«MemberId»~REF*SY*«Ssn:bare@sy»~NM1*IL*1*«Last:upper»*«First:upper»~DMG*D8*«BirthDate:8»*«Sex»~HD*030**DEN~DTP*348*D8*20260101~",
    ];
    let held: &[&str] = &[
        "INS*«Parity»*18*001*AI*A*C**AC~REF*0F*«MemberId»~REF*17*«#6»~⟦Mbi⟧REF*F6*«Mbi»~⟦/⟧REF*23*«MemberId@23»~NM1*74*1*«Last:upper»*«First:upper»****34*«Ssn:bare»~PER*IP**TE*«Phone:bare»*EM*«Email»~N3*«Street»~N4*«City»*«State»*«Zip»**CY*26~DMG*D8*«BirthDate:8»*«Sex»*M*C~NM1*31*1~N3*«Street@31»~N4*«City»*«State»*«Zip@31»~HD*001**HMO**EMP~DTP*303*D8*20260301~LX*1~NM1*P3*1*«DrLast:upper»*«DrFirst:upper»****XX*«Npi»*25~",
        "INS*N*01*021*28*A*D**AC*«Sex»~REF*0F*«MemberId»~REF*1L*«Group»~NM1*IL*1*«Last»*«First»****ZZ*«OldMember»~DMG*D8*«BirthDate:8»*«Sex»~NM1*70*1*«HolderLast»*«HolderFirst»****34*«HolderSsn:bare@70»~HD*021**VIS~COB*P*«#6»*1~REF*SY*«Ssn:bare@cob»~",
    ];
    interchange(list, ("834", "BE", "005010X220A1"), head, list.split.pick(train, held), rng)
}

/// Payments of claims.
pub(super) fn payments(list: &List, rng: &mut Rng) -> Page {
    let head = list.pick(
        &["BPR*I*1222*C*CHK************20260102~TRN*1*1512345678*1512345678~REF*EV*030240928~DTM*405*20260102~N1*PR*LAKESIDE~N3*1 WEST~N4*MIAMI*FL*33101~PER*BL*«DeskName»*TE*«DeskPhone»~N1*PE*LAKESIDE CLINIC*XX*«Npi@pe»~LX*1~"],
        &["BPR*H*0*C*NON************20260102~TRN*1*«#9»*1999999999~DTM*405*20260102~N1*PR*PAYER~N1*PE*ST ANNE*FI*999999999~REF*PQ*«#6»~LX*1~TS3*«Npi@ts3»*11*20261231*5*227~"],
    );
    let train: &[&str] = &[
        "CLP*«Account»*1*211*100*10*12*«ClaimNumber»*11*1~CAS*PR*1*10~NM1*QC*1*«Last:upper»*«First:upper»****MI*«MemberId»~NM1*82*1*«DrLast:upper»*«DrFirst:upper»****XX*«Npi»~DTM*232*«Visit:8»~SVC*HC:99213*211*100~DTM*472*«Visit:8@472»~",
    ];
    let held: &[&str] = &[
        "CLP*«Account»*2*500*0*50*MB*«ClaimNumber»*12*7~NM1*QC*1*«Last:upper»*«First:upper»*«Middle»***HN*⟦Mbi⟧«Mbi»⟦/⟧~NM1*74*1*«Last:upper@74»*«First:upper@74»****C*«MemberId@74»~NM1*TT*2*OTHER*****PI*55~REF*EA*«Mrn»~REF*1L*«Group»~DTM*233*«Visit:8»~",
        "CLP*«Account»*22*-80*-40**13*«ClaimNumber»~NM1*QC*1*«Last»*«First»****34*«Ssn:bare»~NM1*IL*1*«HolderLast»*«HolderFirst»****MI*«MemberId»~NM1*82*1*«DrLast»*«DrFirst»****BS*«OldMember»~REF*SY*«Ssn:bare@sy»~DTM*050*«Written»~",
    ];
    interchange(list, ("835", "HP", "005010X221A1"), head, list.split.pick(train, held), rng)
}

/// Questions about eligibility, and their answers.
pub(super) fn eligibility(list: &List, rng: &mut Rng) -> Page {
    let head = list.pick(
        &["BHT*0022*13*10001234*20260102*1319~HL*1**20*1~NM1*PR*2*LAKESIDE*****PI*842610001~HL*2*1*21*1~NM1*1P*1*«DrLast:upper@1p»*«DrFirst:upper@1p»****XX*«Npi@1p»~"],
        &["BHT*0022*11*1*20260102*1319~HL*1**20*1~NM1*PR*2*PAYER*****PI*9~HL*2*1*21*1~NM1*1P*2*ST ANNE*****SV*«#6»~"],
    );
    let train: &[&str] = &[
        "HL*3*2*22*0~TRN*1*«#9»*9877281234~NM1*IL*1*«Last:upper»*«First:upper»****MI*«MemberId»~REF*SY*«Ssn:bare»~DMG*D8*«BirthDate:8»*«Sex»~DTP*291*D8*20260102~EQ*30~",
    ];
    let held: &[&str] = &[
        "HL*3*2*22*0~TRN*2*«#9»*9877281234~NM1*IL*1*«Last:upper»*«First:upper»*«Middle»***MI*«MemberId»~REF*18*«PlanNumber»~REF*6P*«Group»*ACME~REF*EJ*«Account»~N3*«Street»~N4*«City»*«State»*«Zip»~DMG*D8*«BirthDate:8»*«Sex»~INS*Y*18~DTP*346*D8*20260101~EB*1**30**GOLD~",
        "HL*3*2*22*1~NM1*IL*1*«HolderLast:upper»*«HolderFirst:upper»****MI*«MemberId»~HL*4*3*23*0~TRN*1*«#9»*9~NM1*03*1*«Last:upper»*«First:upper»~REF*SY*«Ssn:bare»~N3*«Street»~N4*«City»*«State»*«Zip»~DMG*D8*«BirthDate:8»*«Sex»~INS*N*19~DTP*291*RD8*20260101-20261231~EQ*98~",
    ];
    let (code, group, guide) = list.pick(&[("270", "HS", "005010X279A1")], &[("271", "HB", "005010X279A1")]);
    interchange(list, (code, group, guide), head, list.split.pick(train, held), rng)
}
