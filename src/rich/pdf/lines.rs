//! Lines of a page. In: strings with where they stand. Out: text in which what stands on one line of the page is one line, with blanks
//! where there is room. Refuses to draw the same string twice on one spot: that is how bold is faked.

/// A string that was shown, in units of the page; what is turned was turned back.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) y: f64,
    /// Size of its letters.
    pub(super) size: f64,
    /// Quarters of a circle that its line is turned by.
    pub(super) turned: u8,
}

/// Blanks for one gap at most.
const BLANKS: f64 = 40.0;

/// The text of a page.
pub(super) fn text(mut runs: Vec<Run>, to: &mut String) {
    runs.retain(|run| !run.text.is_empty() && run.y.is_finite() && run.from.is_finite() && run.to.is_finite());
    for turned in 0..4 {
        let mut ours: Vec<&Run> = runs.iter().filter(|run| run.turned == turned).collect();
        ours.sort_by(|a, b| b.y.total_cmp(&a.y));
        let mut at = 0;
        while at < ours.len() {
            // A line reaches down as far as half of the letters of its first string: indices stand lower.
            let (top, size) = (ours[at].y, ours[at].size.max(1.0));
            let length = ours[at..].iter().take_while(|run| top - run.y <= 0.45 * size.max(run.size)).count();
            let mut line = ours[at..at + length].to_vec();
            line.sort_by(|a, b| a.from.total_cmp(&b.from));
            write(&line, to);
            at += length;
        }
    }
}

fn write(line: &[&Run], to: &mut String) {
    let start = to.len();
    let mut before: Option<&Run> = None;
    for run in line {
        if let Some(last) = before {
            let size = run.size.min(last.size).max(1.0);
            if last.text == run.text && (last.from - run.from).abs() < 0.3 * size {
                continue;
            }
            let gap = run.from - last.to;
            let blank = to.ends_with(' ') || run.text.starts_with(' ');
            if gap > size {
                // Room for so many letters of the usual width.
                (0..(gap / (0.5 * size)).min(BLANKS) as usize).for_each(|_| to.push(' '));
            } else if (gap > 0.15 * size || gap < -2.0 * size) && !blank {
                to.push(' ');
            }
        }
        to.push_str(&run.text);
        before = Some(run);
    }
    to.truncate(to.trim_end().len().max(start));
    if to.len() > start {
        to.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, from: f64, y: f64) -> Run {
        Run { text: text.to_string(), from, to: from + 5.0 * text.len() as f64, y, size: 10.0, turned: 0 }
    }

    #[test]
    fn a_line_is_what_stands_on_one_line() {
        let runs = vec![
            run("below", 0.0, 80.0),
            run("536-90-4399", 100.0, 101.0),
            run("SSN:", 0.0, 100.0),
            run("SSN:", 0.4, 100.0),
            run("a", 200.0, 99.0),
            run("b", 205.5, 99.0),
        ];
        let mut lines = String::new();
        text(runs, &mut lines);
        assert_eq!(lines, "SSN:                536-90-4399         ab\nbelow\n");
    }
}
