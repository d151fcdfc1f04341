//! The device's key: ECDSA P-256, made by the browser, never to leave it. The hub knows the public half.

use js_sys::{Array, Object, Reflect, Uint8Array};
use rexie::{ObjectStore, Rexie, TransactionMode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use crate::vault::{DATABASE, STORE};

const DEVICE: &str = "device";

/// Why the device cannot sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The page came over plain http from another machine: browsers keep their cryptography away from such pages.
    #[error("the browser offers no cryptography on this page")]
    Insecure,
    /// The key could not be kept or read.
    #[error("the device's key cannot be kept")]
    Storage,
    /// The browser refused to make or use the key.
    #[error("the device's key cannot be used")]
    Unusable,
}

/// The device's key pair.
pub(super) struct DeviceKeys {
    private: CryptoKey,
    public: CryptoKey,
}

impl DeviceKeys {
    /// The key of this browser profile; made at the first call.
    pub(super) async fn load() -> Result<Self, KeyError> {
        let database = Rexie::builder(DATABASE)
            .version(1)
            .add_object_store(ObjectStore::new(STORE))
            .build()
            .await
            .map_err(|_| KeyError::Storage)?;
        let kept = Self::read(&database).await;
        let keys = match kept {
            Ok(Some(keys)) => Ok(keys),
            Ok(None) => Self::make(&database).await,
            Err(error) => Err(error),
        };
        database.close();
        keys
    }

    async fn read(database: &Rexie) -> Result<Option<Self>, KeyError> {
        let transaction =
            database.transaction(&[STORE], TransactionMode::ReadOnly).map_err(|_| KeyError::Storage)?;
        let store = transaction.store(STORE).map_err(|_| KeyError::Storage)?;
        let pair = store.get(DEVICE.into()).await.map_err(|_| KeyError::Storage)?;
        pair.filter(|p| !p.is_undefined()).map(|p| Self::from_pair(&p)).transpose()
    }

    async fn make(database: &Rexie) -> Result<Self, KeyError> {
        let algorithm = named("ECDSA");
        let _ = Reflect::set(&algorithm, &"namedCurve".into(), &"P-256".into());
        let usages = Array::of2(&"sign".into(), &"verify".into());
        let promise =
            subtle()?.generate_key_with_object(&algorithm, false, &usages).map_err(|_| KeyError::Unusable)?;
        let pair: JsValue = JsFuture::from(promise).await.map_err(|_| KeyError::Unusable)?;
        let transaction =
            database.transaction(&[STORE], TransactionMode::ReadWrite).map_err(|_| KeyError::Storage)?;
        let store = transaction.store(STORE).map_err(|_| KeyError::Storage)?;
        store.put(&pair, Some(&DEVICE.into())).await.map_err(|_| KeyError::Storage)?;
        match transaction.done().await {
            Ok(result) if result.is_committed() => Self::from_pair(&pair),
            _ => Err(KeyError::Storage),
        }
    }

    fn from_pair(pair: &JsValue) -> Result<Self, KeyError> {
        let half = |name: &str| {
            Reflect::get(pair, &name.into())
                .ok()
                .and_then(|k| k.dyn_into::<CryptoKey>().ok())
                .ok_or(KeyError::Unusable)
        };
        Ok(Self { private: half("privateKey")?, public: half("publicKey")? })
    }

    /// The public half: the uncompressed point, base64url without padding.
    pub(super) async fn public_key(&self) -> Result<String, KeyError> {
        let promise = subtle()?.export_key("raw", &self.public).map_err(|_| KeyError::Unusable)?;
        let buffer: JsValue = JsFuture::from(promise).await.map_err(|_| KeyError::Unusable)?;
        base64url(&Uint8Array::new(&buffer).to_vec())
    }

    /// A signature over the bytes: 64 bytes r‖s, base64url without padding.
    pub(super) async fn sign(&self, message: &[u8]) -> Result<String, KeyError> {
        let algorithm = named("ECDSA");
        let _ = Reflect::set(&algorithm, &"hash".into(), &named("SHA-256"));
        let promise = subtle()?
            .sign_with_object_and_u8_array(&algorithm, &self.private, message)
            .map_err(|_| KeyError::Unusable)?;
        let buffer: JsValue = JsFuture::from(promise).await.map_err(|_| KeyError::Unusable)?;
        base64url(&Uint8Array::new(&buffer).to_vec())
    }
}

fn subtle() -> Result<SubtleCrypto, KeyError> {
    let window = web_sys::window().ok_or(KeyError::Insecure)?;
    if !window.is_secure_context() {
        return Err(KeyError::Insecure);
    }
    window.crypto().map(|c| c.subtle()).map_err(|_| KeyError::Insecure)
}

fn named(name: &str) -> Object {
    let object = Object::new();
    let _ = Reflect::set(&object, &"name".into(), &name.into());
    object
}

fn base64url(bytes: &[u8]) -> Result<String, KeyError> {
    let binary: String = bytes.iter().map(|b| char::from(*b)).collect();
    let text = web_sys::window().and_then(|w| w.btoa(&binary).ok()).ok_or(KeyError::Unusable)?;
    Ok(text.trim_end_matches('=').replace('+', "-").replace('/', "_"))
}
