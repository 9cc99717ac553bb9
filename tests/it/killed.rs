//! Runs that are killed (SIGKILL) at a hundred points from their start to after their end, on a disk: `rollup` leaves nothing or
//! all of it, a run with `--cache` a cache that answers as the logs.

use std::time::{Duration, Instant};

use crate::cache::{Archive, same};
use crate::harness::{Place, sample_logs};
use crate::oracle::files;
use crate::order::record;

const POINTS: u32 = 100;

/// Not more than this for all points together, however slow the machine is.
const ENOUGH: Duration = Duration::from_secs(60);

/// Runs the line to its end, which takes some time, and then once for each of a hundred points of that time, where it is
/// killed. The points come shuffled: those of a machine that runs out of time are from everywhere, too. `after` sees each.
fn kill_at_each_point(place: &Place, line: &str, mut before: impl FnMut(), mut after: impl FnMut(u32)) {
    let start = || {
        let mut run = place.trailscan(line).into_command();
        run.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        run.spawn().expect("trailscan starts")
    };
    before();
    let begun = Instant::now();
    assert!(start().wait().expect("it ends").success(), "{line}");
    let whole = begun.elapsed();
    after(POINTS);
    for point in (0..POINTS).map(|round| round * 37 % POINTS) {
        before();
        let mut child = start();
        std::thread::sleep(whole * point / (POINTS - 5));
        child.kill().and_then(|()| child.wait()).expect("it ends");
        after(point);
        if begun.elapsed() > ENOUGH {
            break;
        }
    }
}

/// What lies in a folder, with its bytes.
fn all_in(place: &Place, folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = place.path(folder);
    let name = |file: &std::path::PathBuf| file.strip_prefix(&folder).expect("below").display().to_string();
    files(&folder).iter().map(|file| (name(file), std::fs::read(file).expect("a file"))).collect()
}

#[test]
fn a_rollup_is_whole_or_not_there() {
    let forms: &[&str] =
        if cfg!(feature = "columnar") { &["around/kept.rollup", "around/kept"] } else { &["around/kept.rollup"] };
    for &kept in forms {
        let place = Place::new();
        let line = format!("rollup -q -o {kept} {}", sample_logs().display());
        std::fs::create_dir_all(place.path("around")).expect("a folder");
        place.trailscan(&line).ends(0);
        let whole = all_in(&place, "around");
        let remove = || {
            let kept = place.path(kept);
            let _ = if kept.is_dir() { std::fs::remove_dir_all(kept) } else { std::fs::remove_file(kept) };
        };
        kill_at_each_point(&place, &line, remove, |point| {
            if place.path(kept).exists() {
                let mut there = all_in(&place, "around");
                there.retain(|(name, _)| name.starts_with("kept"));
                assert!(there == whole, "point {point}: {kept} is not what a run that ended wrote");
            }
        });
        remove();
        place.trailscan(&line).ends(0);
        assert!(all_in(&place, "around") == whole, "{kept}: what killed runs left is cleared away by the next");
    }
}

#[test]
fn a_cache_answers_as_the_logs() {
    let place = Place::new();
    let mut archive = Archive::new(&place, 21);
    (0..24).for_each(|_| archive.deliver(record));
    let mut rounds = 0;
    let change = || {
        // From nothing, or what is new since.
        if rounds % 5 == 0 {
            let _ = std::fs::remove_dir_all(place.path("kept"));
        }
        rounds += 1;
        archive.change(record);
    };
    kill_at_each_point(&place, "audit logs -q --format json --cache kept", change, |point| {
        if point % 10 == 7 {
            same(&place, "audit logs --format json", &format!("killed at point {point}"));
        }
    });
    same(&place, "audit logs --format json", "killed");
    let kept = files(&place.path("kept"));
    let left: Vec<_> = kept.iter().filter(|file| file.extension().is_none_or(|e| e != "rollup")).collect();
    assert!(left.is_empty(), "what killed runs left is cleared away: {left:?}");
}
