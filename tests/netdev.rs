//! Network devices that are moved into a container, in a network namespace of the test's own
//! (the sandbox's).

use std::process::Command;

use serde_json::json;

use crate::bin;
use crate::fixture::Bundle;
use crate::runtime::Runtime;

fn ip(args: &str) -> String {
    bin::run(Command::new("ip").args(args.split(' '))).ok()
}

/// One end of a veth pair: there on every kernel that can make containers.
struct Device(String);

impl Device {
    fn new(name: &str) -> Self {
        ip(&format!("link add {name} type veth peer name {name}p"));
        Self(name.to_owned())
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        bin::run(Command::new("ip").args(["link", "del", &format!("{}p", self.0)]));
    }
}

#[test]
fn a_device_moves_in_under_another_name_with_its_global_addresses() {
    let runtime = Runtime::new();
    for (name, user) in [("itmove", false), ("itmoveu", true)] {
        let device = Device::new(name);
        ip(&format!("address add 198.51.100.7/24 dev {name}"));
        ip(&format!("address add 127.0.0.33/32 dev {name}"));
        ip(&format!("-6 address add 2001:db8::7/64 dev {name} nodad"));
        ip(&format!("link set {name} mtu 1400 up"));
        let bundle = Bundle::new(&["ip", "address", "show", "dev", "eth7"], |c| {
            c["linux"]["netDevices"] = json!({ device.0.as_str(): {"name": "eth7"} });
            if user {
                c["linux"]["namespaces"].as_array_mut().unwrap().push(json!({"type": "user"}));
                let map = json!([{"containerID": 0, "hostID": 100000, "size": 65536}]);
                c["linux"]["uidMappings"] = map.clone();
                c["linux"]["gidMappings"] = map;
            }
        });
        let out = runtime.run(&["run", "--bundle", bundle.path().to_str().unwrap(), "it-netdev"]).ok();
        assert!(out.contains("198.51.100.7/24") && out.contains("2001:db8::7/64"), "{out}");
        assert!(out.contains("mtu 1400") && out.contains(",UP") && !out.contains("127.0.0.33"), "{out}");
    }
}

#[test]
fn a_device_that_is_not_there_or_has_nowhere_to_go() {
    let runtime = Runtime::new();
    let bundle = Bundle::new(&["true"], |c| c["linux"]["netDevices"] = json!({"itnone": {}}));
    let run =
        || runtime.run(&["run", "--bundle", bundle.path().to_str().unwrap(), "it-netdev-none"]).fails(1);
    let said = run();
    assert!(said.contains("network device itnone") && said.ends_with("no such device"), "{said}");
    for (device, want) in [
        (json!({"itnone": {"name": "a/b"}}), "invalid network device name"),
        (json!({"a": {"name": "x"}, "b": {"name": "x"}}), "duplicate network device name"),
    ] {
        bundle.edit(|c| c["linux"]["netDevices"] = device);
        let said = run();
        assert!(said.contains(want), "{said}");
    }
    bundle.edit(|c| {
        c["linux"]["netDevices"] = json!({"itnone": {}});
        c["linux"]["namespaces"].as_array_mut().unwrap().retain(|n| n["type"] != "network");
    });
    let said = run();
    assert!(said.contains("without a private NET namespace"), "{said}");
}
