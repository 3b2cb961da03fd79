//! A caller's deadline on the wire: what a client without a clock of its own is told when the time has come.

use ctrd::api::content::{WriteAction, WriteContentRequest, WriteContentResponse};
use ctrd::api::events::SubscribeRequest;
use ctrd::api::streaming::StreamInit;
use ctrd::api::tasks::WaitRequest;
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use prost::Message;
use prost_types::Any;
use tokio::net::UnixStream;
use tonic::Code;
use tonic::codegen::Bytes;
use tonic::codegen::http::{HeaderMap, Request};

use crate::stack::Stack;

/// A call whose requests have not ended.
struct Call {
    answer: ResponseFuture,
    requests: SendStream<Bytes>,
}

/// All messages of an answer, and the code at its end.
struct End {
    messages: Vec<Vec<u8>>,
    code: Code,
    text: String,
}

async fn connect(stack: &Stack) -> SendRequest<Bytes> {
    let socket = UnixStream::connect(stack.address()).await.expect("connect");
    let (send, connection) = h2::client::handshake(socket).await.expect("HTTP/2");
    tokio::spawn(connection);
    send
}

impl Call {
    /// Begins `method` with one request, which is the last one unless there are to be more.
    fn begin(to: &SendRequest<Bytes>, method: &str, limit: &str, request: &impl Message, more: bool) -> Call {
        let call = Request::post(format!("http://localhost/containerd.services.{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("containerd-namespace", "default")
            .header("grpc-timeout", limit);
        let call = call.body(()).expect("a request");
        let (answer, mut requests) = to.clone().send_request(call, false).expect("send");
        let message = request.encode_to_vec();
        let head = [&[0][..], &(message.len() as u32).to_be_bytes()].concat();
        requests.send_data([head, message].concat().into(), !more).expect("send");
        Call { answer, requests }
    }

    async fn end(self) -> End {
        let (head, mut body) = self.answer.await.expect("an answer").into_parts();
        let bytes = all(&mut body).await;
        let trailers = body.trailers().await.expect("trailers").unwrap_or(head.headers);
        drop(self.requests);
        let text = |name: &str| -> Option<String> { Some(trailers.get(name)?.to_str().ok()?.to_string()) };
        let code = text("grpc-status").expect("a status").parse().expect("a number");
        End { messages: messages(&bytes), code: Code::from_i32(code), text: said(&trailers) }
    }
}

async fn all(body: &mut RecvStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece.expect("data");
        body.flow_control().release_capacity(piece.len()).expect("room");
        bytes.extend(piece);
    }
    bytes
}

fn messages(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<5>() {
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        out.push(rest[..length].to_vec());
        bytes = &rest[length..];
    }
    out
}

fn said(trailers: &HeaderMap) -> String {
    let text = trailers.get("grpc-message").map(|text| text.to_str().expect("ASCII"));
    text.unwrap_or_default().replace("%20", " ")
}

impl End {
    fn is_late(&self) {
        assert_eq!(self.code, Code::DeadlineExceeded, "{}", self.text);
    }
}

#[test]
fn the_code_is_the_same_for_calls_and_streams() {
    let stack = Stack::with_busybox();
    let _server = stack.serve();
    stack.run(&["run", "-d", "--name", "it-clock", "busybox", "sleep", "3000"]).ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let to = connect(&stack).await;
        let wait = WaitRequest { container_id: "it-clock".into(), exec_id: String::new() };
        // Many at once, whose clocks differ by less than one tick.
        let mut calls: Vec<Call> =
            (0..50).map(|_| Call::begin(&to, "tasks.v1.Tasks/Wait", "300m", &wait, false)).collect();
        let none = SubscribeRequest { filters: vec![r#"topic=="/it/none""#.into()] };
        calls.push(Call::begin(&to, "events.v1.Events/Subscribe", "300m", &none, false));
        let init = StreamInit { id: "it".into() }.encode_to_vec();
        let init = Any { type_url: "containerd.services.streaming.v1.StreamInit".into(), value: init };
        calls.push(Call::begin(&to, "streaming.v1.Streaming/Stream", "300000u", &init, true));
        // A time that has come before the call.
        calls.push(Call::begin(&to, "tasks.v1.Tasks/Wait", "0n", &wait, false));
        for call in calls {
            call.end().await.is_late();
        }
    });
    stack.run(&["rm", "-f", "it-clock"]).ok();
}

/// The stream of an upload ends, what came before that is kept, and the next one goes on there.
#[test]
fn an_upload_that_is_late_is_free_for_the_next_one() {
    let stack = Stack::new();
    let _server = stack.serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let to = connect(&stack).await;
        let mut write = WriteContentRequest::default();
        for limit in ["1S", "4S", "16S", "64S"] {
            write.r#ref = format!("it-{limit}");
            write.set_action(WriteAction::Write);
            write.data = b"hello"[..].into();
            let end = Call::begin(&to, "content.v1.Content/Write", limit, &write, true).end().await;
            end.is_late();
            // On a busy machine the time may have come before the first answer.
            if end.messages.len() == 1 {
                break;
            }
        }
        write.set_action(WriteAction::Stat);
        write.data = Bytes::new();
        let end = loop {
            let end = Call::begin(&to, "content.v1.Content/Write", "1M", &write, false).end().await;
            // The one before is told that nobody waits for it.
            if end.code != Code::Unavailable {
                break end;
            }
        };
        assert_eq!((end.code, end.text.as_str()), (Code::Ok, ""));
        let answer = WriteContentResponse::decode(end.messages[0].as_slice()).expect("an answer");
        assert_eq!(answer.offset, 5);
    });
}
