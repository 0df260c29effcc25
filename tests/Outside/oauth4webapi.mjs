// The certified relying party oauth4webapi at our provider: the same as openid-client.mjs, request by request.
import { createPrivateKey } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import { ask, say, settings } from './script.mjs';

const { issuer, client: own, redirectUri, afterSignOut, scope } = settings;
const insecure = { [oauth.allowInsecureRequests]: true };
const client = { client_id: own.id, id_token_signed_response_alg: 'ES256' };
const authentication = own.key ? oauth.PrivateKeyJwt({ key: await importKey(own.key), kid: own.kid }) : oauth.None();
const options = own.key ? insecure : { ...insecure, DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) };
const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), insecure));

const tokens = await (settings.device ? onDevice() : inBrowser());
const idToken = oauth.getValidatedIdTokenClaims(tokens);
const userinfo = await userInfo(tokens.access_token);
const renewed = await refresh(tokens.refresh_token);
const after = await userInfo(renewed.access_token);
const result = {
  idToken,
  tokenType: tokens.token_type,
  userinfo,
  renewed: after.sub === idToken.sub && renewed.refresh_token !== tokens.refresh_token,
  unbound: own.key ? undefined : await refusal(() => userInfo(renewed.access_token, insecure)),
};
if (settings.signOut) {
  const url = new URL(as.end_session_endpoint);
  url.search = new URLSearchParams({ id_token_hint: renewed.id_token ?? tokens.id_token, post_logout_redirect_uri: afterSignOut, state: 'bye' });
  result.signedOut = (await ask({ visit: url.href })).url;
  result.afterwards = await refusal(() => refresh(renewed.refresh_token));
} else {
  result.reused = await refusal(() => refresh(tokens.refresh_token));
  result.afterwards = await refusal(() => refresh(renewed.refresh_token));
}
say({ result });
process.exit(0);

async function importKey(pem) {
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}

async function inBrowser() {
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  const parameters = new URLSearchParams({
    client_id: own.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const url = new URL(as.authorization_endpoint);
  url.search = settings.pushed ? await push(parameters) : parameters;
  const back = oauth.validateAuthResponse(as, client, new URL((await ask({ visit: url.href })).url), state);
  const answer = await oauth.authorizationCodeGrantRequest(as, client, authentication, back, redirectUri, verifier, options);
  const checked = await oauth.processAuthorizationCodeResponse(as, client, answer, { expectedNonce: nonce, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(as, answer, insecure);
  return checked;
}

async function push(parameters) {
  const answer = await oauth.pushedAuthorizationRequest(as, client, authentication, parameters, options);
  const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, answer);
  return new URLSearchParams({ client_id: own.id, request_uri });
}

async function onDevice() {
  const started = await oauth.deviceAuthorizationRequest(as, client, authentication, new URLSearchParams({ scope }), insecure);
  const device = await oauth.processDeviceAuthorizationResponse(as, client, started);
  await ask({ visit: device.verification_uri_complete, userCode: device.user_code });
  const answer = await oauth.deviceCodeGrantRequest(as, client, authentication, device.device_code, options);
  return oauth.processDeviceCodeResponse(as, client, answer);
}

async function userInfo(token, how = options) {
  return oauth.processUserInfoResponse(as, client, idToken.sub, await oauth.userInfoRequest(as, client, token, how));
}

async function refresh(token) {
  return oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, authentication, token, options));
}

async function refusal(attempt) {
  try {
    await attempt();
    return 'not refused';
  } catch (error) {
    return error.error ?? `${error.status ?? ''} ${error.code ?? error.message}`.trim();
  }
}
