//! The properties of a unit for every kind of resources.

use std::collections::BTreeMap;

use super::*;

fn shown(list: &[Property]) -> Vec<String> {
    let one = |(name, value): &Property| match value {
        Value::Uint64(u64::MAX) => format!("{name}=max"),
        Value::Uint64(n) => format!("{name}={n}"),
        Value::Text(s) => format!("{name}={s}"),
        other => format!("{name}={other:?}"),
    };
    list.iter().map(one).collect()
}

#[test]
fn table_of_limits() {
    let cases: &[(bool, &str, &[&str])] = &[
        (true, "{}", &[]),
        (
            true,
            r#"{"memory":{"limit":100,"swap":300,"reservation":50}}"#,
            &["MemoryMax=100", "MemoryLow=50", "MemorySwapMax=200"],
        ),
        (true, r#"{"memory":{"limit":-1}}"#, &["MemoryMax=max", "MemorySwapMax=max"]),
        (false, r#"{"memory":{"limit":100,"swap":300,"reservation":50}}"#, &["MemoryLimit=100"]),
        (
            true,
            r#"{"cpu":{"shares":1024,"quota":50000,"period":200000}}"#,
            &["CPUWeight=100", "CPUQuotaPeriodUSec=200000", "CPUQuotaPerSecUSec=250000"],
        ),
        // A quota alone counts by the period in force, here 50 ms; a third is rounded up.
        (true, r#"{"cpu":{"quota":25000}}"#, &["CPUQuotaPerSecUSec=500000"]),
        (true, r#"{"cpu":{"quota":16667}}"#, &["CPUQuotaPerSecUSec=340000"]),
        (true, r#"{"cpu":{"quota":-1}}"#, &["CPUQuotaPerSecUSec=max"]),
        // A period alone changes the share that the quota in force, here 20 ms, comes to.
        (true, r#"{"cpu":{"period":50000}}"#, &["CPUQuotaPeriodUSec=50000", "CPUQuotaPerSecUSec=400000"]),
        (true, r#"{"cpu":{"idle":1,"shares":3}}"#, &["CPUWeight=0"]),
        (false, r#"{"cpu":{"shares":1024}}"#, &["CPUShares=1024"]),
        (true, r#"{"pids":{"limit":20}}"#, &["TasksMax=20"]),
        (true, r#"{"pids":{"limit":-1}}"#, &["TasksMax=max"]),
        (true, r#"{"pids":{"limit":0}}"#, &["TasksMax=1"]),
        (true, r#"{"blockIO":{"weight":1000}}"#, &["IOWeight=10000"]),
        (false, r#"{"blockIO":{"weight":500}}"#, &["BlockIOWeight=500"]),
        (
            true,
            r#"{"cpu":{"cpus":"0-1,9","mems":"0"}}"#,
            &["AllowedCPUs=Array(\"y\", [Byte(3), Byte(2)])", "AllowedMemoryNodes=Array(\"y\", [Byte(1)])"],
        ),
        (
            true,
            r#"{"unified":{"memory.high":"max","cpu.max":"max 100000","memory.oom.group":"1","pids.max":"7","memory.min":"1G"}}"#,
            &["CPUQuotaPeriodUSec=100000", "CPUQuotaPerSecUSec=max", "MemoryHigh=max", "TasksMax=7"],
        ),
    ];
    for (is_v2, json, wanted) in cases {
        let r: LinuxResources = serde_json::from_str(json).unwrap();
        assert_eq!(shown(&limits(&r, *is_v2, (Some(20_000), Some(50_000))).unwrap()), *wanted, "{json}");
    }
    for bad in [
        r#"{"cpu":{"cpus":"3-1"}}"#,
        r#"{"cpu":{"cpus":"0-99999999999"}}"#,
        r#"{"cpu":{"mems":"x"}}"#,
        r#"{"unified":{"cpu.max":"1 0"}}"#,
    ] {
        let r: LinuxResources = serde_json::from_str(bad).unwrap();
        assert!(limits(&r, true, (None, None)).is_err(), "{bad}");
    }
}

#[test]
fn table_of_devices() {
    const KNOWN: &str = "Character devices:\n  1 mem\n136 pts\n\nBlock devices:\n  8 sd\n";
    let listed = |json: &str| {
        let r: LinuxResources = serde_json::from_str(json).unwrap();
        let list = devices(&device_rules(&r).unwrap(), KNOWN);
        let Some((_, Value::Array(_, entries))) = list.last() else { panic!("no list") };
        let entries: Vec<String> = entries
            .iter()
            .map(|e| match e {
                Value::Struct(two) => match &two[..] {
                    [Value::Text(a), Value::Text(b)] => format!("{a} {b}"),
                    _ => panic!("{two:?}"),
                },
                other => panic!("{other:?}"),
            })
            .collect();
        (shown(&list[..1]), entries)
    };
    let (policy, entries) = listed(
        r#"{"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"b","major":8,"access":"r"},
            {"allow":true,"type":"c","major":10,"minor":229,"access":"rw"},
            {"allow":false,"type":"c","major":10,"minor":229,"access":"w"}]}"#,
    );
    assert_eq!(policy, ["DevicePolicy=strict"]);
    assert_eq!(entries[..3], ["block-sd r", "/dev/char/10:229 r", "char-* m"]);
    assert!(entries.contains(&"char-pts rwm".to_owned()), "{entries:?}");
    let (policy, entries) = listed(r#"{"devices":[{"allow":true,"type":"a","access":"rwm"}]}"#);
    assert_eq!(policy, ["DevicePolicy=auto"]);
    assert!(entries.is_empty());
}

fn noted(key: &str, text: &str) -> Result<Vec<Property>> {
    let map = BTreeMap::from([(format!("org.systemd.property.{key}"), text.to_owned())]);
    annotated(map.iter())
}

#[test]
fn annotations() {
    for (key, text, wanted) in [
        ("CollectMode", "'inactive-or-failed'", property("CollectMode", Value::text("inactive-or-failed"))),
        ("Description", "\"it\\\"s\"", property("Description", Value::text("it\"s"))),
        ("TimeoutStopUSec", "uint64 123", property("TimeoutStopUSec", Value::Uint64(123))),
        ("TimeoutStopSec", "2", property("TimeoutStopUSec", Value::Uint64(2_000_000))),
        ("RuntimeMaxSec", "1.5", property("RuntimeMaxUSec", Value::Uint64(1_500_000))),
        ("SendSIGHUP", "true", property("SendSIGHUP", Value::Bool(true))),
        ("KillSignal", "int32 9", property("KillSignal", Value::Int32(9))),
        (
            "After",
            "['a.service', 'b.service']",
            property("After", Value::Array("s", vec![Value::text("a.service"), Value::text("b.service")])),
        ),
        ("Before", "@as []", property("Before", Value::Array("s", vec![]))),
    ] {
        assert_eq!(noted(key, text).unwrap(), [wanted], "{key}={text}");
    }
    for (key, text) in [
        ("PIDs", "[1]"),
        ("Slice", "'x.slice'"),
        ("DevicePolicy", "'auto'"),
        ("No.Such", "1"),
        ("A", "1"),
        ("Names", "x"),
        ("Names", "'x"),
        ("Names", "'x' y"),
        ("Names", "['x' 'y']"),
        ("Names", "['x',"),
        ("Names", ""),
        ("Names", "'"),
        ("Names", "@as"),
        ("Names", "string 'a' b"),
        ("RuntimeMaxSec", "-1"),
        ("RuntimeMaxSec", "uint64 18446744073709551615"),
    ] {
        assert!(noted(key, text).is_err(), "{key}={text}");
    }
    let other = BTreeMap::from([("org.other".to_owned(), "PIDs".to_owned())]);
    assert!(annotated(other.iter()).unwrap().is_empty());
}

#[test]
fn any_annotation_and_limit_is_a_property_or_none() {
    let full: serde_json::Value = serde_json::from_str(crate::cgroup::v1::FULL).unwrap();
    crate::chance::cases(20_000, |c| {
        let text = c.text(&["uint64 ", "'a'", "[", "]", "@as ", "true", "double 1e400", "\\", "\"", ","]);
        let key =
            format!("org.systemd.property.{}", c.text(&["RuntimeMaxSec", "CPUWeight", "Timeout", "USec"]));
        let _ = annotated([(&key, &text)].into_iter());
        let mut json = full.clone();
        (0..2).for_each(|_| c.change(&mut json));
        let Ok(r) = serde_json::from_value::<LinuxResources>(json) else { return };
        let period = u64::try_from(c.number()).ok().filter(|n| *n != 0);
        for v2 in [true, false] {
            let _ = limits(&r, v2, (Some(c.number()), period));
        }
        rounded(c.number(), period);
    });
}
