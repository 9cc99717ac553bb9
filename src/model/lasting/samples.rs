//! Records of all kinds of changes, of what takes each back, and of what gives it back again: made of the tables.

use serde_json::{Value, json};

use super::says::is_saying;
use super::{Lasting, is_policy, kinds, redone};

/// A call: its `eventSource` without what ends it, its `eventName` and its record.
pub type Call = (&'static str, &'static str, Value);

/// A change, and what takes it back.
pub struct Sample {
    pub kind: &'static Lasting,
    pub made: Call,
    pub undone: Vec<Undo>,
}

impl Sample {
    /// Whether a later call of its name stands in the place of it.
    pub fn is_policy(&self) -> bool {
        is_policy(self.made.1)
    }
}

/// A call that takes a change back, and those that give it back again.
pub struct Undo {
    pub call: Call,
    pub redone: Vec<Call>,
}

/// A sample of each kind.
pub fn all() -> Vec<Sample> {
    kinds().map(sample).collect()
}

fn sample(kind: &'static Lasting) -> Sample {
    let mut parameters = json!({});
    for name in kind.members() {
        // What is shared stands deeper, below what is done with it.
        match kind.event {
            "ModifyImageAttribute" | "ModifySnapshotAttribute" if !name.ends_with("Id") || name == "userId" => {
                parameters["permission"]["add"][name] = json!(value_of(name));
            }
            _ => parameters[name] = json!(value_of(name)),
        }
    }
    say(&mut parameters, kind.only);
    let undo = |(event, marks): &(&'static str, &'static [&'static str])| {
        let marked = |marks: &[&'static str], is_redo: bool| {
            let mut theirs = json!({});
            for mark in marks.iter().copied().filter(|mark| !is_redo || !is_saying(mark)) {
                let (is_other, name) = (mark.starts_with('!') && !is_redo, mark.trim_start_matches(['!', '*']));
                match name.split_once('=') {
                    _ if is_saying(mark) => say(&mut theirs, mark),
                    Some((their, ours)) => {
                        theirs[their] = parameters[ours.split('|').next().unwrap_or(ours)].clone();
                    }
                    None => {
                        let names = name.split('|').filter(|name| kind.members().any(|ours| ours == *name));
                        names.for_each(|name| theirs[name] = json!(said_of(&parameters, name)));
                    }
                }
                if is_other {
                    theirs[name] = json!("another");
                }
            }
            theirs
        };
        let call = (kind.service, *event, recorded(marked(marks, false)));
        let redone = redone::redone_by(kind.service, event).map(|(redo, said)| {
            let mut theirs = marked(marks, true);
            said.iter().for_each(|said| say(&mut theirs, said));
            (kind.service, redo, recorded(theirs))
        });
        Undo { call, redone: redone.collect() }
    };
    Sample {
        kind,
        made: (kind.service, kind.event, made(kind, parameters.clone())),
        undone: kind.undone_by.iter().map(undo).collect(),
    }
}

fn recorded(parameters: Value) -> Value {
    json!({ "requestParameters": parameters, "responseElements": null })
}

/// What root does of itself, it does as root.
fn made(kind: &Lasting, parameters: Value) -> Value {
    let mut record = recorded(parameters);
    if kind.of_root {
        record["userIdentity"] = json!({"type": "Root"});
    }
    record
}

fn value_of(name: &str) -> String {
    format!("x-{name}")
}

/// What parameters say under a name, wherever it stands.
fn said_of(parameters: &Value, name: &str) -> String {
    parameters[name].as_str().map_or_else(|| value_of(name), str::to_owned)
}

/// Makes parameters say something.
fn say(parameters: &mut Value, said: &str) {
    if let Some(name) = said.strip_prefix('?') {
        parameters[name] = json!("x");
    } else if let Some((names, values)) = said.split_once(':').filter(|_| !said.starts_with('!')) {
        let first = values.split('|').next().unwrap_or(values);
        let value = first.strip_suffix('*').unwrap_or(first).replace('*', "arn:x");
        parameters[names.split('|').next().unwrap_or(names)] = match &*value {
            "true" => json!(true),
            "false" => json!(false),
            text => json!(text),
        };
    }
}
