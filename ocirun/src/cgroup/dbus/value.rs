//! Arguments, and how they lie on the wire.

/// An argument. What is inside a [`Value::Variant`] goes with its signature.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Bool(bool),
    Byte(u8),
    Int16(i16),
    Uint16(u16),
    Int32(i32),
    Uint32(u32),
    Int64(i64),
    Uint64(u64),
    Double(f64),
    Text(String),
    /// The signature of the elements, and these.
    Array(&'static str, Vec<Value>),
    Struct(Vec<Value>),
    Variant(Box<Value>),
}

impl Value {
    pub fn text(s: &str) -> Value {
        Value::Text(s.to_owned())
    }

    pub fn signature(&self) -> String {
        match self {
            Value::Bool(_) => "b".to_owned(),
            Value::Byte(_) => "y".to_owned(),
            Value::Int16(_) => "n".to_owned(),
            Value::Uint16(_) => "q".to_owned(),
            Value::Int32(_) => "i".to_owned(),
            Value::Uint32(_) => "u".to_owned(),
            Value::Int64(_) => "x".to_owned(),
            Value::Uint64(_) => "t".to_owned(),
            Value::Double(_) => "d".to_owned(),
            Value::Text(_) => "s".to_owned(),
            Value::Array(of, _) => format!("a{of}"),
            Value::Struct(list) => format!("({})", list.iter().map(Value::signature).collect::<String>()),
            Value::Variant(_) => "v".to_owned(),
        }
    }

    /// Appends it as the wire has it, little endian, each at a multiple of its own size.
    pub(super) fn marshal(&self, out: &mut Vec<u8>) {
        match self {
            Value::Bool(b) => Value::Uint32(u32::from(*b)).marshal(out),
            Value::Byte(n) => out.push(*n),
            Value::Int16(n) => put(out, &n.to_le_bytes()),
            Value::Uint16(n) => put(out, &n.to_le_bytes()),
            Value::Int32(n) => put(out, &n.to_le_bytes()),
            Value::Uint32(n) => put(out, &n.to_le_bytes()),
            Value::Int64(n) => put(out, &n.to_le_bytes()),
            Value::Uint64(n) => put(out, &n.to_le_bytes()),
            Value::Double(n) => put(out, &n.to_le_bytes()),
            Value::Text(s) => put_text(out, s),
            Value::Array(of, list) => {
                put(out, &[0; 4]);
                let length_at = out.len() - 4;
                // Even an empty array has the padding before its first element.
                pad(out, if of.starts_with(['x', 't', 'd', '(']) { 8 } else { 1 });
                let start = out.len();
                list.iter().for_each(|v| v.marshal(out));
                let length = (out.len() - start) as u32;
                out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
            }
            Value::Struct(list) => {
                pad(out, 8);
                list.iter().for_each(|v| v.marshal(out));
            }
            Value::Variant(inner) => {
                put_signature(out, &inner.signature());
                inner.marshal(out);
            }
        }
    }
}

pub(super) fn pad(out: &mut Vec<u8>, to: usize) {
    out.resize(out.len().next_multiple_of(to), 0);
}

pub(super) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    pad(out, bytes.len());
    out.extend(bytes);
}

pub(super) fn put_text(out: &mut Vec<u8>, s: &str) {
    put(out, &(s.len() as u32).to_le_bytes());
    out.extend(s.as_bytes());
    out.push(0);
}

pub(super) fn put_signature(out: &mut Vec<u8>, s: &str) {
    out.push(s.len() as u8);
    out.extend(s.as_bytes());
    out.push(0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(v: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        v.marshal(&mut out);
        out
    }

    #[test]
    fn marshalling() {
        let variant = |v| Value::Variant(Box::new(v));
        let cases: [(Value, &str, &[u8]); 7] = [
            (Value::Bool(true), "b", &[1, 0, 0, 0]),
            (Value::text("ab"), "s", &[2, 0, 0, 0, b'a', b'b', 0]),
            (Value::Array("y", vec![Value::Byte(3)]), "ay", &[1, 0, 0, 0, 3]),
            (Value::Array("t", vec![]), "at", &[0; 8]),
            (Value::Array("(sv)", vec![]), "a(sv)", &[0; 8]),
            (variant(Value::Uint64(5)), "v", &[1, b't', 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]),
            (
                Value::Array("(ss)", vec![Value::Struct(vec![Value::text("a"), Value::text("")])]),
                "a(ss)",
                &[13, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, b'a', 0, 0, 0, 0, 0, 0, 0, 0],
            ),
        ];
        for (value, signature, bytes) in cases {
            assert_eq!(value.signature(), signature);
            assert_eq!(wire(&value), bytes, "{value:?}");
        }
    }
}
