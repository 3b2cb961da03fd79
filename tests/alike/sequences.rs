//! Calls in any order, on a few names, made by chance: what one call leaves behind the next ones meet. The same
//! number makes the same calls, so that a difference comes back; `CTRD_CHANCE` makes more sessions than the default.

use crate::chance::Chance;

/// How many calls a session has.
const CALLS_A_SESSION: usize = 400;

/// What `<word>` in a call stands for: one of these.
const WORDS: &[(&str, &[&str])] = &[
    ("ns", &["it", "other"]),
    ("digest", &["${NONE.DIGEST}", "${HELLO.DIGEST}", "${LAYER.DIGEST}"]),
    ("blob", &["${HELLO.DIGEST}", "${LAYER.DIGEST}"]),
    ("labels", &[r#"{}"#, r#"{"x": "y"}"#, r#"{"x": ""}"#, r#"{"x": "z", "w": "v"}"#, r#"{"w.x/y": "1"}"#]),
    (
        "labelmask",
        &[r#""labels""#, r#""labels.x""#, r#""labels.w""#, r#""labels.w.x/y""#, r#""labels.x", "labels.w""#],
    ),
    (
        "filters",
        &[
            r#""labels.x""#,
            r#""labels.x==y""#,
            r#""labels.x!=y""#,
            r#""labels.\"w.x/y\"==1""#,
            r#""labels.w.x""#,
            r#""labels.x,labels.w==v""#,
            r#""labels.x==z", "labels.w==v""#,
            r#""labels.x~=^[yz]$""#,
            r#""labels.x~=/y|z/""#,
            r#""name==a", "id==a""#,
            r#""name!=a,id!=a""#,
        ],
    ),
    // Images.
    ("image", &["a", "b", "c/d:e"]),
    ("annotations", &[r#"{}"#, r#"{"k": "v"}"#, r#"{"k": "w", "l": "m"}"#]),
    (
        "target",
        &[r#"{"media_type": "<media>", "digest": "<digest>", "size": <size>, "annotations": <annotations>}"#],
    ),
    ("media", &["m", "n"]),
    ("size", &["1", "2"]),
    (
        "imagemask",
        &["<labelmask>", r#""target""#, r#""annotations""#, r#""annotations.k""#, r#""target", "labels.x""#],
    ),
    // Containers and sandboxes.
    ("id", &["a", "b", "c"]),
    ("spec", &[r#"{"@type": "s", "value": "{}"}"#, r#"{"@type": "t", "value": "2"}"#]),
    ("runtime", &[r#"{"name": "r"}"#, r#"{"name": "r", "options": {"@type": "o", "value": "x"}}"#]),
    (
        "snapshot",
        &["", r#", "snapshotter": "native", "snapshot_key": "<key>""#, r#", "snapshotter": "native""#],
    ),
    (
        "container",
        &[
            r#"{"id": "<id>", "runtime": <runtime>, "spec": <spec>, "image": "<image>", "labels": <labels><snapshot>}"#,
        ],
    ),
    (
        "containermask",
        &[
            "<labelmask>",
            r#""spec""#,
            r#""image""#,
            r#""snapshotkey""#,
            r#""labels.x", "image""#,
            r#""image", "spec""#,
        ],
    ),
    ("sandbox", &[r#"{"sandbox_id": "<id>", "runtime": {"name": "r"}, "spec": <spec>, "labels": <labels>}"#]),
    ("sandboxfield", &[r#""labels""#, r#""labels.x""#, r#""spec""#, r#""runtime""#, r#""labels.x", "spec""#]),
    // Leases.
    ("lease", &["one", "two"]),
    ("holder", &["kept", "kept", "one"]),
    (
        "resource",
        &[
            r#"{"id": "<digest>", "type": "content"}"#,
            r#"{"id": "<image>", "type": "images"}"#,
            r#"{"id": "<key>", "type": "snapshots/<snapshotter>"}"#,
            r#"{"id": "<ref>", "type": "ingests"}"#,
        ],
    ),
    ("space", &["n1", "n2"]),
    // Snapshots.
    ("snapshotter", &["native", "overlayfs"]),
    ("key", &["k", "l", "m", "n"]),
    ("parent", &["", "", "k", "l", "m"]),
    (
        "snapshotlabels",
        &[
            "<labels>",
            r#"{"containerd.io/snapshot.ref": "<key>"}"#,
            r#"{"containerd.io/snapshot/own": "v", "x": "y"}"#,
        ],
    ),
    (
        "snapshotfilter",
        &[
            "<filters>",
            r#""kind==active""#,
            r#""kind!=committed""#,
            r#""parent==k""#,
            r#""parent""#,
            r#""name~=[kl]""#,
        ],
    ),
    // Content.
    ("ref", &["r", "s"]),
    ("data", &["hel", "lo", "hello", "${LAYER}"]),
    ("offset", &["0", "3", "5", "9"]),
    ("total", &["0", "5"]),
    ("action", &["STAT", "WRITE", "WRITE", "COMMIT"]),
    (
        "write",
        &[
            r#"{"ref": "<ref>", "action": "<action>", "offset": <offset>, "total": <total>, "data": "<data>", "labels": <labels>}"#,
            r#"{"ref": "<ref>", "action": "STAT", "expected": "<blob>", "total": <total>}"#,
        ],
    ),
    ("range", &["", r#", "offset": <offset>"#, r#", "offset": 1, "size": 3"#, r#", "size": 2"#]),
];

/// The calls; what stands here more often is made more often. No blob is removed: until their collector has come,
/// containerd gives it to other namespaces still.
const CALLS: &[&str] = &[
    "in <ns>\nunder <holder>",
    r#"Images/Create {"image": {"name": "<image>", "target": <target>, "labels": <labels>}}"#,
    r#"Images/Update {"image": {"name": "<image>", "target": <target>, "labels": <labels>}, "update_mask": {"paths": [<imagemask>]}}"#,
    r#"Images/Update {"image": {"name": "<image>", "target": <target>, "labels": <labels>}}"#,
    r#"Images/Get {"name": "<image>"}"#,
    r#"Images/List {}"#,
    r#"Images/List {"filters": [<filters>]}"#,
    r#"Images/Delete {"name": "<image>"}"#,
    r#"Images/Delete {"name": "<image>", "target": <target>}"#,
    r#"Containers/Create {"container": <container>}"#,
    r#"Containers/Create {"container": <container>}"#,
    r#"Containers/Update {"container": <container>, "update_mask": {"paths": [<containermask>]}}"#,
    r#"Containers/Update {"container": <container>}"#,
    r#"Containers/Get {"id": "<id>"}"#,
    r#"Containers/List {"filters": [<filters>]}"#,
    r#"Containers/ListStream {}"#,
    r#"Containers/Delete {"id": "<id>"}"#,
    r#"Store/Create {"sandbox": <sandbox>}"#,
    r#"Store/Update {"sandbox": <sandbox>, "fields": [<sandboxfield>]}"#,
    r#"Store/Update {"sandbox": <sandbox>}"#,
    r#"Store/Get {"sandbox_id": "<id>"}"#,
    r#"Store/List {"filters": [<filters>]}"#,
    r#"Store/Delete {"sandbox_id": "<id>"}"#,
    r#"Leases/Create {"id": "<lease>", "labels": <labels>}"#,
    r#"Leases/List {"filters": [<filters>]}"#,
    r#"Leases/AddResource {"id": "<lease>", "resource": <resource>}"#,
    r#"Leases/AddResource {"id": "<lease>", "resource": <resource>}"#,
    r#"Leases/DeleteResource {"id": "<lease>", "resource": <resource>}"#,
    r#"Leases/ListResources {"id": "<lease>"}"#,
    r#"Leases/ListResources {"id": "kept"}"#,
    r#"Leases/Delete {"id": "<lease>"}"#,
    r#"Namespaces/Create {"namespace": {"name": "<space>", "labels": <labels>}}"#,
    r#"Namespaces/Get {"name": "<space>"}"#,
    r#"Namespaces/List {}"#,
    r#"Namespaces/Delete {"name": "<space>"}"#,
    r#"Snapshots/Prepare {"snapshotter": "<snapshotter>", "key": "<key>", "parent": "<parent>", "labels": <snapshotlabels>}"#,
    r#"Snapshots/Prepare {"snapshotter": "<snapshotter>", "key": "<key>", "parent": "<parent>", "labels": <snapshotlabels>}"#,
    r#"Snapshots/View {"snapshotter": "<snapshotter>", "key": "<key>", "parent": "<parent>", "labels": <snapshotlabels>}"#,
    r#"Snapshots/Commit {"snapshotter": "<snapshotter>", "key": "<key>", "name": "<key>", "labels": <snapshotlabels>}"#,
    r#"Snapshots/Commit {"snapshotter": "<snapshotter>", "key": "<key>", "name": "<key>", "labels": <snapshotlabels>}"#,
    r#"Snapshots/Remove {"snapshotter": "<snapshotter>", "key": "<key>"}"#,
    r#"Snapshots/Stat {"snapshotter": "<snapshotter>", "key": "<key>"}"#,
    r#"Snapshots/Mounts {"snapshotter": "<snapshotter>", "key": "<key>"}"#,
    r#"Snapshots/Usage {"snapshotter": "<snapshotter>", "key": "<key>"}"#,
    r#"Snapshots/List {"snapshotter": "<snapshotter>", "filters": [<snapshotfilter>]}"#,
    r#"Snapshots/Update {"snapshotter": "<snapshotter>", "info": {"name": "<key>", "labels": <snapshotlabels>}, "update_mask": {"paths": [<labelmask>]}}"#,
    r#"Snapshots/Update {"snapshotter": "<snapshotter>", "info": {"name": "<key>", "labels": <snapshotlabels>}}"#,
    r#"Content/Write <write>"#,
    r#"Content/Write [<write>, <write>]"#,
    r#"Content/Write [{"ref": "<ref>", "action": "WRITE", "data": "<data>"}, <write>]"#,
    r#"Content/Status {"ref": "<ref>"}"#,
    r#"Content/Abort {"ref": "<ref>"}"#,
    r#"Content/Info {"digest": "<blob>"}"#,
    r#"Content/Read {"digest": "<blob>"<range>}"#,
    r#"Content/Update {"info": {"digest": "<blob>", "labels": <labels>}, "update_mask": {"paths": [<labelmask>]}}"#,
];

/// The lines of a session, as a file of calls has them.
pub fn lines(chance: &mut Chance) -> String {
    let mut text = String::new();
    for ns in ["it", "other"] {
        text += &format!("in {ns}\nLeases/Create {{\"id\": \"kept\"}}\n");
    }
    text += "under kept\n";
    for _ in 0..CALLS_A_SESSION {
        let call = *chance.of(CALLS);
        text += &filled(chance, call);
        text += "\n  = in other words\n";
    }
    text
}

/// A text with a choice for each of its words.
fn filled(chance: &mut Chance, text: &str) -> String {
    let Some((before, rest)) = text.split_once('<') else { return text.to_string() };
    let (word, after) = rest.split_once('>').expect("the end of a word");
    let (_, choices) = WORDS.iter().find(|(name, _)| *name == word).unwrap_or_else(|| panic!("{word}"));
    let choice = *chance.of(choices);
    let choice = filled(chance, choice);
    format!("{before}{choice}{}", filled(chance, after))
}
