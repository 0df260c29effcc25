// The certified relying party openid-client at our provider: a person signs in, the tokens are used, renewed, misused and ended.
// Settings: issuer, client {id, key, kid} (no key: a public client, with DPoP), redirectUri, afterSignOut, scope, pushed, device.
// It says {visit} when the person's browser must go somewhere and takes {url}, where the browser came to; in the end {result}.
import { createPrivateKey } from 'node:crypto';
import * as client from 'openid-client';
import { ask, say, settings } from './script.mjs';

const { issuer, client: own, redirectUri, afterSignOut, scope } = settings;
const authentication = own.key ? client.PrivateKeyJwt({ key: await importKey(own.key), kid: own.kid }) : client.None();
const config = await client.discovery(new URL(issuer), own.id, { id_token_signed_response_alg: 'ES256' }, authentication, {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
});
const options = own.key ? {} : { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) };

const tokens = await (settings.device ? onDevice() : inBrowser());
const { sub } = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, sub, options);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
const after = await client.fetchUserInfo(config, renewed.access_token, sub, options);
const result = {
  idToken: tokens.claims(),
  tokenType: tokens.token_type,
  userinfo,
  renewed: after.sub === sub && renewed.refresh_token !== tokens.refresh_token,
  unbound: own.key ? undefined : await refusal(() => client.fetchUserInfo(config, renewed.access_token, sub)),
};
if (settings.signOut) {
  const leaving = { id_token_hint: renewed.id_token ?? tokens.id_token, post_logout_redirect_uri: afterSignOut, state: 'bye' };
  const url = client.buildEndSessionUrl(config, leaving);
  result.signedOut = (await ask({ visit: url.href })).url;
  result.afterwards = await refusal(() => client.refreshTokenGrant(config, renewed.refresh_token, undefined, options));
} else {
  result.reused = await refusal(() => client.refreshTokenGrant(config, tokens.refresh_token, undefined, options));
  result.afterwards = await refusal(() => client.refreshTokenGrant(config, renewed.refresh_token, undefined, options));
}
say({ result });
process.exit(0);

async function importKey(pem) {
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}

async function inBrowser() {
  const [pkceCodeVerifier, expectedState, expectedNonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  const parameters = {
    redirect_uri: redirectUri,
    scope,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  };
  const url = settings.pushed
    ? await client.buildAuthorizationUrlWithPAR(config, parameters, options)
    : client.buildAuthorizationUrl(config, parameters);
  const back = new URL((await ask({ visit: url.href })).url);
  return client.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }, undefined, options);
}

async function onDevice() {
  const device = await client.initiateDeviceAuthorization(config, { scope });
  await ask({ visit: device.verification_uri_complete, userCode: device.user_code });
  return client.pollDeviceAuthorizationGrant(config, device, undefined, options);
}

async function refusal(attempt) {
  try {
    await attempt();
    return 'not refused';
  } catch (error) {
    return error.error ?? `${error.status ?? ''} ${error.code ?? error.message}`.trim();
  }
}
