//! The smallest client that speaks HTTP/1.1: one connection per call, streams included.

use std::net::{Ipv4Addr, SocketAddr};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rollcall_domain::sync::wire::{Problem, ProblemCode};
use serde::de::DeserializeOwned;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// The problem of a refused call.
    #[track_caller]
    pub(crate) fn problem(&self) -> Problem {
        assert!(!self.status.is_success(), "not refused: {}", self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text()))
    }

    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: ProblemCode) {
        assert_eq!((self.status.as_u16(), self.problem().code), (status, code), "{}", self.text());
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
}

/// A call that is put together step by step.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    at: SocketAddr,
    /// The caller's own address: rates of those who are not known are counted by it.
    from: Ipv4Addr,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(at: SocketAddr, method: Method, path: &str) -> Self {
        Self {
            at,
            from: Ipv4Addr::LOCALHOST,
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(at: SocketAddr, path: &str) -> Self {
        Self::new(at, Method::GET, path)
    }

    pub(crate) fn post(at: SocketAddr, path: &str, body: &impl serde::Serialize) -> Self {
        Self::new(at, Method::POST, path)
            .header("content-type", "application/json")
            .body(serde_json::to_vec(body).unwrap())
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) const fn from(mut self, from: Ipv4Addr) -> Self {
        self.from = from;
        self
    }

    pub(crate) fn cookie(self, cookie: Option<&str>) -> Self {
        match cookie {
            Some(cookie) => self.header("cookie", cookie),
            None => self,
        }
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it; the answer's body is still to be read.
    pub(crate) async fn open(self) -> Response<Incoming> {
        self.try_open().await.unwrap()
    }

    async fn try_open(self) -> Result<Response<Incoming>, Box<dyn std::error::Error + Send + Sync>> {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(self.from.into(), 0))?;
        let stream = socket.connect(self.at).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            let _ = connection.await;
        });
        let mut request =
            Request::builder().method(self.method).uri(&self.path).header("host", self.at.to_string());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(self.body)))?;
        let response = sender.send_request(request).await?;
        // The connection lives as long as its sender: a stream of news needs it.
        let (parts, body) = response.into_parts();
        let mut response = Response::from_parts(parts, body);
        response.extensions_mut().insert(std::sync::Arc::new(tokio::sync::Mutex::new(Some(sender))));
        Ok(response)
    }

    /// Nothing when the hub is not there, or goes away in the middle.
    pub(crate) async fn try_send(self) -> Option<Reply> {
        let (parts, body) = self.try_open().await.ok()?.into_parts();
        let body = body.collect().await.ok()?.to_bytes().to_vec();
        Some(Reply { status: parts.status, headers: parts.headers, body })
    }

    pub(crate) async fn send(self) -> Reply {
        let (parts, body) = self.open().await.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status, headers: parts.headers, body }
    }
}

/// The next chunk of a stream as text; nothing when it has ended.
pub(crate) async fn next(response: &mut Response<Incoming>) -> Option<String> {
    loop {
        let frame = response.body_mut().frame().await?.ok()?;
        if let Ok(data) = frame.into_data() {
            return Some(String::from_utf8_lossy(&data).into_owned());
        }
    }
}
