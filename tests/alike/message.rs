//! Messages as JSON, by the interface definitions in `ctrd/proto` and `ctrd-shim/proto`.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use prost::Message;
use prost::bytes::Bytes;
use protox::prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor, MethodDescriptor, Value,
};
use serde_json::{Map, Value as Json, json};

use crate::generated::root;

/// The interface definitions.
pub struct Schema {
    api: DescriptorPool,
    shim: DescriptorPool,
}

impl Schema {
    pub fn new() -> Self {
        Self { api: pool("ctrd"), shim: pool("ctrd-shim") }
    }

    /// A method by its short name: `Images/Get`.
    pub fn method(&self, name: &str) -> Option<MethodDescriptor> {
        let (service, method) = name.split_once('/')?;
        let service = self.api.services().find(|s| s.name() == service)?;
        service.methods().find(|m| m.name() == method)
    }

    /// Every method, and every field of its request: `Images/Get`, `Images/Get name`.
    pub fn requests(&self) -> BTreeSet<String> {
        let methods = self.api.services().flat_map(|s| s.methods().collect::<Vec<_>>());
        methods
            .flat_map(|m| {
                let name = format!("{}/{}", m.parent_service().name(), m.name());
                // An `Any` has no fields of its own.
                let input = m.input();
                let fields = input.fields().filter(|_| input.name() != "Any");
                let fields: Vec<_> = fields.map(|f| format!("{name} {}", f.name())).collect();
                [vec![name], fields].concat()
            })
            .collect()
    }

    /// A message of any type, for an `Any`.
    pub fn find(&self, type_url: &str) -> Option<MessageDescriptor> {
        let name = type_url.rsplit('/').next()?;
        [&self.api, &self.shim].into_iter().find_map(|pool| pool.get_message_by_name(name))
    }
}

fn pool(krate: &str) -> DescriptorPool {
    let protos = root().join(krate).join("proto");
    let mut files = Vec::new();
    find(&protos, &mut files);
    let set = protox::compile(&files, [&protos]).unwrap_or_else(|e| panic!("{e:?}"));
    DescriptorPool::from_file_descriptor_set(set).expect("definitions that fit together")
}

fn find(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("list the definitions") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|e| e == "proto") {
            files.push(path);
        }
    }
}

/// What `${NAME}` stands for in a call.
pub type Words = HashMap<String, Vec<u8>>;

/// Makes messages of JSON, in which an `Any` has `@type`, and beside it the message's fields or a text, `value`.
pub struct Writer<'a> {
    pub schema: &'a Schema,
    pub words: &'a Words,
}

impl Writer<'_> {
    pub fn message(&self, of: &MessageDescriptor, json: &Json) -> DynamicMessage {
        if of.full_name() == "google.protobuf.Any" {
            return self.any(of, json);
        }
        let mut message = DynamicMessage::new(of.clone());
        for (name, value) in json.as_object().unwrap_or_else(|| panic!("{}: {json}", of.name())) {
            let field = of.get_field_by_name(name).unwrap_or_else(|| panic!("{}: {name}", of.full_name()));
            message.set_field(&field, self.field(&field, value));
        }
        message
    }

    fn any(&self, of: &MessageDescriptor, json: &Json) -> DynamicMessage {
        let mut fields = json.as_object().expect("an object").clone();
        let url = fields.remove("@type").expect("@type");
        let inner = self.schema.find(url.as_str().expect("a text"));
        let value = match (fields.get("value"), inner) {
            (Some(Json::String(text)), None) => self.bytes(text),
            (_, Some(inner)) => self.message(&inner, &Json::Object(fields)).encode_to_vec(),
            (None, None) => Vec::new(),
            (value, None) => panic!("{url}: {value:?}"),
        };
        let mut any = DynamicMessage::new(of.clone());
        any.set_field_by_name("type_url", Value::String(self.text(&url)));
        any.set_field_by_name("value", Value::Bytes(value.into()));
        any
    }

    fn field(&self, field: &FieldDescriptor, json: &Json) -> Value {
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else { unreachable!("a map") };
            let kind = entry.map_entry_value_field().kind();
            let entries = json.as_object().expect("a map");
            let one =
                |(k, v): (&String, &Json)| (MapKey::String(self.text(&json!(k))), self.single(&kind, v));
            return Value::Map(entries.iter().map(one).collect());
        }
        match json {
            Json::Array(list) if field.is_list() => {
                Value::List(list.iter().map(|one| self.single(&field.kind(), one)).collect())
            }
            one => self.single(&field.kind(), one),
        }
    }

    fn single(&self, kind: &Kind, json: &Json) -> Value {
        let number = || json.as_i64().unwrap_or_else(|| panic!("a number: {json}"));
        match kind {
            Kind::Message(of) => Value::Message(self.message(of, json)),
            Kind::Bytes => Value::Bytes(self.bytes(json.as_str().expect("a text")).into()),
            Kind::String => Value::String(self.text(json)),
            Kind::Bool => Value::Bool(json.as_bool().expect("true or false")),
            Kind::Enum(of) => match json.as_str() {
                Some(name) => Value::EnumNumber(of.get_value_by_name(name).expect("a value").number()),
                None => Value::EnumNumber(number() as i32),
            },
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(number() as i32),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(number()),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(number() as u32),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(number() as u64),
            Kind::Float | Kind::Double => panic!("no request has one"),
        }
    }

    fn text(&self, json: &Json) -> String {
        let text = json.as_str().unwrap_or_else(|| panic!("a text: {json}"));
        String::from_utf8(self.bytes(text)).expect("UTF-8")
    }

    fn bytes(&self, text: &str) -> Vec<u8> {
        let mut parts = text.split("${");
        let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let (name, rest) = part.split_once('}').expect("the end of a name");
            // A word times so many: ${x*300}.
            match name.split_once('*') {
                Some((text, times)) => out.extend(text.repeat(times.parse().expect("a number")).bytes()),
                None => out.extend(self.words.get(name).unwrap_or_else(|| panic!("a word: {name}"))),
            }
            out.extend(rest.as_bytes());
        }
        out
    }
}

/// Reads messages as JSON in which nothing is left that differs from one server or run to another.
pub struct Reader<'a> {
    pub schema: &'a Schema,
    /// Texts for which a name stands: the server's own folders.
    pub names: &'a [(String, &'static str)],
}

/// Fields whose numbers are of the machine.
const OWN: &[&str] = &["pid", "pidns", "uuid", "inodes", "ppid"];

impl Reader<'_> {
    pub fn message(&self, of: &MessageDescriptor, bytes: &Bytes) -> Json {
        match DynamicMessage::decode(of.clone(), bytes.clone()) {
            Ok(message) => self.json(&message),
            Err(e) => json!({ "undecoded": e.to_string() }),
        }
    }

    fn json(&self, message: &DynamicMessage) -> Json {
        use protox::prost_reflect::ReflectMessage;
        match message.descriptor().full_name() {
            "google.protobuf.Timestamp" => return time(message),
            "google.protobuf.Any" => return self.any(message),
            _ => {}
        }
        let mut out = Map::new();
        for (field, value) in message.fields() {
            let value = match OWN.contains(&field.name()) {
                true => json!("its own"),
                false => self.value(&field.kind(), value),
            };
            out.insert(field.name().to_string(), value);
        }
        Json::Object(out)
    }

    fn any(&self, message: &DynamicMessage) -> Json {
        let get = |name: &str| message.get_field_by_name(name).map(|v| v.into_owned());
        let url = get("type_url").and_then(|v| v.as_str().map(str::to_string)).unwrap_or_default();
        let bytes = get("value").and_then(|v| v.as_bytes().cloned()).unwrap_or_default();
        match self.schema.find(&url) {
            Some(of) => json!({ "@type": url, "message": self.message(&of, &bytes) }),
            None => json!({ "@type": url, "value": self.bytes(&bytes) }),
        }
    }

    fn value(&self, kind: &Kind, value: &Value) -> Json {
        match value {
            Value::Bool(b) => json!(b),
            Value::I32(n) => json!(n),
            Value::I64(n) => json!(n),
            Value::U32(n) => json!(n),
            Value::U64(n) => json!(n),
            Value::F32(n) => json!(n),
            Value::F64(n) => json!(n),
            Value::String(text) => json!(self.text(text)),
            Value::Bytes(bytes) => self.bytes(bytes),
            Value::EnumNumber(n) => match kind {
                Kind::Enum(of) => of.get_value(*n).map_or(json!(n), |v| json!(v.name())),
                _ => json!(n),
            },
            Value::Message(message) => self.json(message),
            Value::List(list) => list.iter().map(|one| self.value(kind, one)).collect(),
            Value::Map(map) => {
                let kind = match kind {
                    Kind::Message(entry) => entry.map_entry_value_field().kind(),
                    other => other.clone(),
                };
                let key = |k: &MapKey| k.as_str().map_or_else(|| format!("{k:?}"), |k| self.text(k));
                map.iter().map(|(k, v)| (key(k), self.value(&kind, v))).collect::<Map<_, _>>().into()
            }
        }
    }

    /// A text with the server's own names taken out.
    pub fn text(&self, text: &str) -> String {
        let mut text = text.to_string();
        for (own, name) in self.names {
            text = text.replace(own.as_str(), name);
        }
        // The folders of snapshots are numbered, and what is in them is the snapshotter's own affair.
        let mut parts = text.split("/snapshots/");
        let mut out = parts.next().unwrap_or_default().to_string();
        for part in parts {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            let rest = if out.ends_with(".native") { rest.strip_prefix("/fs").unwrap_or(rest) } else { rest };
            out += "/snapshots/N";
            out += rest;
        }
        out
    }

    fn bytes(&self, bytes: &Bytes) -> Json {
        match std::str::from_utf8(bytes).map(|text| self.text(text)) {
            Ok(text) if text.len() < 300 => json!(text),
            Ok(text) => json!(format!("{} bytes, {}", text.len(), ctrd::digest::Digest::of(text.as_bytes()))),
            Err(_) => json!(format!("{} bytes, {}", bytes.len(), ctrd::digest::Digest::of(bytes))),
        }
    }
}

/// A time of these days is of no interest; another one was asked for.
fn time(message: &DynamicMessage) -> Json {
    let seconds = message.get_field_by_name("seconds").and_then(|v| v.as_i64()).unwrap_or_default();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs();
    match seconds {
        s if s.abs_diff(now as i64) < 3600 => json!("now"),
        -62_135_596_800 => json!("never"),
        s => json!(s),
    }
}
