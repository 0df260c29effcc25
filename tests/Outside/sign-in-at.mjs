// A certified relying party (openid-client) signs a person in at an institution, as a measure of the played one.
// Settings: issuer, clientId, clientSecret, redirectUri, demands (further parameters of the request). It says the authorization URL,
// takes {do: callback, url}, and says the claims.
import * as client from 'openid-client';
import { obey, say, settings } from './script.mjs';

const config = await client.discovery(new URL(settings.issuer), settings.clientId, settings.clientSecret, undefined, {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
});
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri: settings.redirectUri,
  scope: 'openid profile',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
  ...settings.demands,
});
say({ url: url.href });
obey({
  callback: async (answer) => {
    try {
      const tokens = await client.authorizationCodeGrant(config, new URL(answer.url), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
      });
      const claims = tokens.claims();
      return { idToken: claims, userinfo: await client.fetchUserInfo(config, tokens.access_token, claims.sub) };
    } catch (error) {
      return { refused: `${error.code ?? ''} ${error.message} ${error.cause?.message ?? ''}` };
    }
  },
});
