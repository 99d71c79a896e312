//! What the scenario says, checked.

use crate::account::{Account, Cost};
use crate::mac::{Encoding, Key, MacKind};
use crate::shares::Shares;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use std::path::Path;
use std::time::Duration;
use wirebench_sdk::{Error, Result, Secret, SecretSource, Share, Span};

/// More attempts than this are no bound.
const MAX_ATTEMPTS: u32 = 1_000_000;

/// The configuration of both sides.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Which conversation.
    pub mode: ModeName,
    /// The shared secret, or the password.
    pub secret: Option<SecretSource>,
    /// Exchanges whose client does not know the secret.
    pub wrong_keys: Option<Share>,
    /// Refusals in a row after which the server closes the session (0: never).
    pub attempts: Option<u32>,
    /// What the client says to begin anew on a session that has been used.
    pub request: Option<String>,
    /// The server speaks first on every session.
    pub greet: Option<bool>,
    /// How long the client waits for the server's next message before it begins the next exchange
    /// of the same session.
    pub patience: Option<Span>,

    /// Challenge: which code.
    pub mac: Option<MacKind>,
    /// Challenge: how challenge and answer stand on the wire.
    pub encoding: Option<Encoding>,
    /// Challenge: how the server tells its verdict.
    pub verdict: Option<Verdict>,
    /// Challenge: what the server says to a right answer.
    pub accepted: Option<Told>,
    /// Challenge: what the server says to a wrong answer.
    pub rejected: Option<Told>,
    /// Challenge: exchanges that repeat an earlier answer.
    pub replay: Option<Share>,

    /// Login: the user's name.
    pub name: Option<String>,
    /// Login: the server asks for the name.
    pub ask_name: Option<String>,
    /// Login: the server asks for the password.
    pub ask_password: Option<String>,
    /// Login: the server is content.
    pub welcome: Option<String>,
    /// Login: the server refuses, and asks for the name again.
    pub again: Option<String>,
    /// Login: the server refuses for the last time.
    pub locked: Option<String>,
    /// Login: too many passwords wait to be checked.
    pub busy: Option<String>,
    /// Login: exchanges whose first password is wrong and whose second is right.
    pub mistyped: Option<Share>,
    /// Login: what hashing a password costs.
    pub hash: Option<Cost>,
}

/// Which conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModeName {
    /// The server sends random bytes, the client answers with their code under the secret.
    #[default]
    Challenge,
    /// The server asks for name and password.
    Login,
}

/// How a verdict is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// By what the server says or sends back.
    #[default]
    Message,
    /// By nothing but the connection's end: it says no, and its absence says nothing for certain.
    End,
}

/// A text that the server says, or `false`: it says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told(pub Option<String>);

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrFalse;
        impl Visitor<'_> for TextOrFalse {
            type Value = Told;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, or false for none")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Told, E> {
                Ok(Told(Some(text.to_owned())))
            }
            fn visit_bool<E: serde::de::Error>(self, on: bool) -> Result<Told, E> {
                let other = serde::de::Unexpected::Bool(true);
                if on { Err(E::invalid_value(other, &self)) } else { Ok(Told(None)) }
            }
        }
        deserializer.deserialize_any(TextOrFalse)
    }
}

/// A checked configuration.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) conversation: Conversation,
    /// `None`: this configuration is only checked.
    pub(crate) secret: Option<Secret>,
    pub(crate) shares: Shares,
    pub(crate) attempts: u32,
    pub(crate) request: Vec<u8>,
    pub(crate) greet: bool,
    pub(crate) patience: Duration,
}

#[derive(Debug)]
pub(crate) enum Conversation {
    Challenge(Challenge),
    Login(Login),
}

#[derive(Debug)]
pub(crate) struct Challenge {
    pub(crate) mac: MacKind,
    pub(crate) encoding: Encoding,
    pub(crate) verdict: Verdict,
    pub(crate) accepted: Option<Vec<u8>>,
    pub(crate) rejected: Option<Vec<u8>>,
}

#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) name: Vec<u8>,
    pub(crate) ask_name: Vec<u8>,
    pub(crate) ask_password: Vec<u8>,
    pub(crate) welcome: Vec<u8>,
    pub(crate) again: Vec<u8>,
    pub(crate) locked: Vec<u8>,
    pub(crate) busy: Vec<u8>,
    pub(crate) cost: Cost,
}

impl Config {
    /// Refuses what cannot be or does not go together, with the place, and fetches the secret.
    pub(crate) fn plan(mut self, scenario: Option<&Path>) -> Result<Plan> {
        self.refuse_keys_of_the_other_mode()?;
        let Some(source) = self.secret.take() else {
            let text = "a secret is needed: secret = { env = \"NAME\" } or { file = \"path\" }";
            return Err(Error::at("/secret", text));
        };
        let odd = self.replay.or(self.mistyped).unwrap_or_default();
        let shares = Shares::new(self.wrong_keys.unwrap_or_default(), odd).ok_or_else(|| {
            Error::at("/wrong-keys", "together with `replay` or `mistyped` this is over 100%")
        })?;
        let attempts = self.attempts.unwrap_or(3);
        if attempts > MAX_ATTEMPTS {
            return Err(Error::at("/attempts", format!("at most {MAX_ATTEMPTS}; 0: no bound")));
        }
        let request = text("/request", self.request.take(), "auth")?;
        let conversation = match self.mode {
            ModeName::Challenge => self.challenge(&request)?,
            ModeName::Login => self.login(&request, attempts)?,
        };
        let secret = source.load("/secret", scenario)?;
        if self.mode == ModeName::Login
            && secret.as_ref().is_some_and(|secret| secret.bytes() == request)
        {
            return Err(Error::at("/request", "the password may not be the request"));
        }
        let patience = self.patience.map_or(Duration::from_secs(1), Span::duration);
        if patience.is_zero() {
            return Err(Error::at("/patience", "without patience no exchange ends"));
        }
        let greet = self.greet.unwrap_or(true);
        Ok(Plan { conversation, secret, shares, attempts, request, greet, patience })
    }

    fn refuse_keys_of_the_other_mode(&self) -> Result<()> {
        let challenge = [
            ("mac", self.mac.is_some()),
            ("encoding", self.encoding.is_some()),
            ("verdict", self.verdict.is_some()),
            ("accepted", self.accepted.is_some()),
            ("rejected", self.rejected.is_some()),
            ("replay", self.replay.is_some()),
        ];
        let login = [
            ("name", self.name.is_some()),
            ("ask-name", self.ask_name.is_some()),
            ("ask-password", self.ask_password.is_some()),
            ("welcome", self.welcome.is_some()),
            ("again", self.again.is_some()),
            ("locked", self.locked.is_some()),
            ("busy", self.busy.is_some()),
            ("mistyped", self.mistyped.is_some()),
            ("hash", self.hash.is_some()),
        ];
        let (foreign, mode) = match self.mode {
            ModeName::Challenge => (&login[..], "login"),
            ModeName::Login => (&challenge[..], "challenge"),
        };
        match foreign.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((key, _)) => {
                let text = format!("this is a setting of `mode = \"{mode}\"`");
                Err(Error::at(format!("/{key}"), text))
            }
        }
    }

    fn challenge(&mut self, request: &[u8]) -> Result<Conversation> {
        let verdict = self.verdict.unwrap_or_default();
        if verdict == Verdict::End {
            let said = [("/accepted", &self.accepted), ("/rejected", &self.rejected)];
            if let Some((pointer, _)) = said.iter().find(|(_, said)| said.is_some()) {
                let text = "with `verdict = \"end\"` nothing is said of an answer: leave this out";
                return Err(Error::at(*pointer, text));
            }
            (self.accepted, self.rejected) = (Some(Told(None)), Some(Told(None)));
        }
        let told = |pointer: &str, told: Option<Told>, default: &str| match told {
            Some(Told(None)) => Ok(None),
            Some(Told(given)) => text(pointer, given, default).map(Some),
            None => text(pointer, None, default).map(Some),
        };
        let accepted = told("/accepted", self.accepted.take(), "ok")?;
        let rejected = told("/rejected", self.rejected.take(), "rejected")?;
        let texts = [("/accepted", accepted.as_deref()), ("/rejected", rejected.as_deref())];
        distinct(&[("/request", Some(request)), texts[0], texts[1]])?;
        Ok(Conversation::Challenge(Challenge {
            mac: self.mac.unwrap_or_default(),
            encoding: self.encoding.unwrap_or_default(),
            verdict,
            accepted,
            rejected,
        }))
    }

    fn login(&mut self, request: &[u8], attempts: u32) -> Result<Conversation> {
        if attempts == 0 {
            return Err(Error::at("/attempts", "a login has at least one attempt"));
        }
        if self.mistyped.is_some() && attempts < 2 {
            let text = "whoever mistypes needs a second attempt: set `attempts` to 2 or more";
            return Err(Error::at("/mistyped", text));
        }
        let cost = self.hash.unwrap_or_default();
        cost.check()?;
        let login = Login {
            name: text("/name", self.name.take(), "user")?,
            ask_name: text("/ask-name", self.ask_name.take(), "name: ")?,
            ask_password: text("/ask-password", self.ask_password.take(), "password: ")?,
            welcome: text("/welcome", self.welcome.take(), "welcome")?,
            again: text("/again", self.again.take(), "wrong, again")?,
            locked: text("/locked", self.locked.take(), "too many attempts")?,
            busy: text("/busy", self.busy.take(), "busy, try later")?,
            cost,
        };
        distinct(&[
            ("/ask-name", Some(&login.ask_name)),
            ("/ask-password", Some(&login.ask_password)),
            ("/welcome", Some(&login.welcome)),
            ("/again", Some(&login.again)),
            ("/locked", Some(&login.locked)),
            ("/busy", Some(&login.busy)),
        ])?;
        distinct(&[("/request", Some(request)), ("/name", Some(&login.name))])?;
        Ok(Conversation::Login(login))
    }
}

impl Plan {
    /// The secret; only a configuration that is really used needs it.
    pub(crate) fn secret(&self) -> Result<&Secret> {
        self.secret.as_ref().ok_or_else(|| {
            let text = "the path is relative, and there is no scenario's folder: make it absolute";
            Error::at("/secret/file", text)
        })
    }
}

impl Challenge {
    /// The key of whoever knows the secret.
    pub(crate) fn key(&self, secret: &Secret) -> Result<Key> {
        Key::new(self.mac, secret.bytes())
    }

    /// A key of somebody who does not.
    pub(crate) fn wrong_key(&self, secret: &Secret) -> Result<Key> {
        // Not a zero byte: a short key is filled up with those.
        Key::new(self.mac, Secret::new([secret.bytes(), b"!"].concat()).bytes())
    }
}

impl Login {
    /// The account that passwords are checked against.
    pub(crate) fn account(&self, secret: &Secret) -> Result<Account> {
        Account::new(self.cost, secret.bytes())
    }
}

fn text(pointer: &str, given: Option<String>, default: &str) -> Result<Vec<u8>> {
    match given {
        None => Ok(default.as_bytes().to_vec()),
        Some(text) if text.is_empty() => Err(Error::at(pointer, "this text cannot be empty")),
        Some(text) => Ok(text.into_bytes()),
    }
}

/// Texts that mean different things must differ.
fn distinct(texts: &[(&str, Option<&[u8]>)]) -> Result<()> {
    for (index, (pointer, text)) in texts.iter().enumerate() {
        let same = |(_, other): &&(&str, Option<&[u8]>)| text.is_some() && other == text;
        if let Some((other, _)) = texts[..index].iter().find(same) {
            let text =
                format!("the same text stands in `{}`: one of them must differ", &other[1..]);
            return Err(Error::at(*pointer, text));
        }
    }
    Ok(())
}
