//! What a server tells to those who subscribe, from the first call of a session to its end.

use prost::bytes::Bytes;
use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::task::JoinHandle;
use tonic::transport::Channel;

use super::message::Reader;
use super::wire::{self, Headers};

const SUBSCRIBE: &str = "/containerd.services.events.v1.Events/Subscribe";
const PUBLISH: &str = "/containerd.services.events.v1.Events/Publish";
/// The topics of the events before the first and after the last.
const BEGIN: &str = "/alike/begin";
const END: &str = "/alike/end";

pub struct Listener {
    task: Option<JoinHandle<Vec<Bytes>>>,
    heard: Vec<Bytes>,
}

impl Listener {
    /// Returns once it listens.
    pub async fn start(channel: &Channel) -> Self {
        let (begun, mut listens) = oneshot::channel();
        let connection = channel.clone();
        let task = tokio::spawn(async move {
            // containerd answers with the first event alone.
            let stream = wire::begin(&connection, SUBSCRIBE, &Headers::default(), vec![Bytes::new()]).await;
            let mut stream = stream.expect("subscribe");
            let mut begun = Some(begun);
            let mut heard = Vec::new();
            while let Ok(Some(event)) = stream.message().await {
                if has(&event, BEGIN) {
                    begun.take().map(|begun| begun.send(()));
                } else if has(&event, END) {
                    break;
                } else {
                    heard.push(event);
                }
            }
            heard
        });
        while listens.try_recv() == Err(TryRecvError::Empty) {
            publish(channel, BEGIN).await;
        }
        Self { task: Some(task), heard: Vec::new() }
    }

    /// Publishes a last event, and waits until it has come.
    pub async fn stop(&mut self, channel: &Channel) {
        publish(channel, END).await;
        if let Some(task) = self.task.take() {
            self.heard = task.await.expect("the listener");
        }
    }

    /// What was heard, sorted: what several processes tell has no order.
    pub fn read(&self, reader: &Reader) -> Vec<String> {
        let of = reader.schema.find("containerd.types.Envelope").expect("the envelope");
        let mut texts: Vec<_> = self.heard.iter().map(|e| reader.message(&of, e).to_string()).collect();
        texts.sort();
        texts
    }
}

fn has(event: &Bytes, topic: &str) -> bool {
    event.windows(topic.len()).any(|window| window == topic.as_bytes())
}

async fn publish(channel: &Channel, topic: &str) {
    // PublishRequest: the topic, and an `Any` without a value.
    let mut request = vec![0x0a, topic.len() as u8];
    request.extend(topic.as_bytes());
    request.extend([0x12, 3, 0x0a, 1, b'x']);
    let headers = Headers { namespace: Some("alike".into()), lease: None };
    wire::call(channel, PUBLISH, &headers, vec![request.into()]).await.end.expect("publish");
}
