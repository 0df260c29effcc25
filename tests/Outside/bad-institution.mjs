// An institution that misbehaves in exactly one way, and is otherwise correct: everybody is signed in at once as its one person.
// Settings: port, client {client_id, redirect_uris}, people (the first one signs in), algorithm. Commands: misbehave {how}.
import { createHash, randomUUID } from 'node:crypto';
import * as jose from 'jose';
import { form, json, listen, obey, redirect, say, settings } from './script.mjs';

const faults = ['nothing', 'wrong-nonce', 'no-nonce', 'wrong-issuer', 'unsigned', 'wrong-algorithm', 'wrong-key', 'unknown-key', 'expired',
  'wrong-audience', 'second-audience', 'wrong-response-issuer', 'no-response-issuer', 'replayed-state', 'made-up-state', 'swapped-code',
  'other-subject', 'other-discovery-issuer'];
const another = 'https://another.example.org';
const algorithm = settings.algorithm ?? 'ES256';
const [person] = settings.people;
const [key, otherKey] = [await newKey(), await newKey()];
const codes = new Map();
const accessTokens = new Set();
const states = [];
let fault = 'nothing';

const issuer = await listen(async (request, response) => {
  const url = new URL(request.url, issuer);
  const handler = {
    '/.well-known/openid-configuration': discovery, '/jwks': keySet, '/authorize': authorize, '/token': token, '/userinfo': userinfo,
  }[url.pathname];
  return handler ? handler(request, response, url) : response.writeHead(404).end();
});
say({ issuer, clientId: settings.client.client_id });
obey({
  misbehave: ({ how }) => {
    if (!faults.includes(how)) {
      throw new Error(`unknown fault ${how}`);
    }
    fault = how;
  },
});

async function newKey() {
  const pair = await jose.generateKeyPair(algorithm, { extractable: true });
  return { ...pair, kid: randomUUID() };
}

function discovery(_, response) {
  json(response, {
    issuer: spoilt(issuer, { 'other-discovery-issuer': another }),
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    scopes_supported: ['openid', 'profile'],
    id_token_signing_alg_values_supported: [algorithm],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    authorization_response_iss_parameter_supported: true,
  });
}

async function keySet(_, response) {
  json(response, { keys: [{ ...await jose.exportJWK(key.publicKey), kid: key.kid, alg: algorithm, use: 'sig' }] });
}

function authorize(_, response, url) {
  const asked = Object.fromEntries(url.searchParams);
  const code = randomUUID();
  codes.set(code, asked);
  states.push(asked.state);
  redirect(response, asked.redirect_uri, {
    code: fault === 'swapped-code' ? codeOfSomebodyElse(asked) : code,
    state: spoilt(asked.state, { 'replayed-state': states[0], 'made-up-state': randomUUID() }),
    iss: spoilt(issuer, { 'wrong-response-issuer': another, 'no-response-issuer': undefined }),
  });
}

// As if stolen from another sign-in: bound to a nonce of its own, and a server too careless to look at the PKCE verifier.
function codeOfSomebodyElse(asked) {
  const code = randomUUID();
  codes.set(code, { ...asked, nonce: randomUUID(), code_challenge: undefined });
  return code;
}

async function token(request, response) {
  const { code, code_verifier: verifier } = await form(request);
  const asked = codes.get(code);
  codes.delete(code);
  const challenge = createHash('sha256').update(verifier ?? '').digest('base64url');
  if (!asked || (asked.code_challenge && asked.code_challenge !== challenge)) {
    return json(response, { error: 'invalid_grant' }, 400);
  }
  const accessToken = randomUUID();
  accessTokens.add(accessToken);
  json(response, { access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: await idToken(asked) });
}

async function idToken(asked) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: spoilt(issuer, { 'wrong-issuer': another }),
    aud: spoilt(asked.client_id, { 'wrong-audience': 'somebody-else', 'second-audience': [asked.client_id, 'somebody-else'] }),
    sub: person.sub,
    nonce: spoilt(asked.nonce, { 'wrong-nonce': randomUUID(), 'no-nonce': undefined }),
    iat: spoilt(now, { expired: now - 7200 }),
    exp: spoilt(now + 300, { expired: now - 3600 }),
    auth_time: now,
    acr: person.acr,
    amr: person.amr,
    ...person.claims,
  };
  const kid = spoilt(key.kid, { 'unknown-key': otherKey.kid });
  switch (fault) {
    case 'unsigned':
      return `${encode({ alg: 'none', kid })}.${encode(claims)}.`;
    case 'wrong-algorithm': // the public key, which everybody knows, as the secret of an HMAC
      return new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from(await jose.exportSPKI(key.publicKey)));
    default: {
      const signer = ['unknown-key', 'wrong-key'].includes(fault) ? otherKey : key;
      return new jose.SignJWT(claims).setProtectedHeader({ alg: algorithm, kid }).sign(signer.privateKey);
    }
  }
}

// What the fault of the moment makes of a value.
const spoilt = (value, table) => (fault in table ? table[fault] : value);

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function userinfo(request, response) {
  const accessToken = (request.headers.authorization ?? '').replace('Bearer ', '');
  return accessTokens.has(accessToken)
    ? json(response, { sub: spoilt(person.sub, { 'other-subject': 'somebody-else' }), ...person.claims })
    : response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
}
