using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>A passkey in the hands of a test, which may also answer wrongly on purpose (WebAuthn level 3, ES256, attestation none).</summary>
public sealed class SoftPasskey(string origin) : IDisposable
{
    private const byte Present = 0x01;
    private const byte Verified = 0x04;
    private const byte HasKey = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Id { get; } = RandomNumberGenerator.GetBytes(16);

    public string Origin { get; set; } = origin;

    public string RpId { get; set; } = new Uri(origin).Host;

    /// <summary>Whether the person unlocks the device when asked.</summary>
    public bool Unlocks { get; set; } = true;

    public uint Count { get; set; }

    public string? UserHandle { get; set; }

    /// <summary>Answers <c>navigator.credentials.create()</c>.</summary>
    public string Create(JsonElement options)
    {
        UserHandle = options.GetProperty("user").GetProperty("id").GetString();
        var point = _key.ExportParameters(false).Q;
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] data = [.. AuthenticatorData(HasKey), .. new byte[16], 0, (byte)Id.Length, .. Id, .. cose];
        byte[] attestation =
            [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Credential(new
        {
            clientDataJSON = StrictBase64Url.Encode(ClientData("webauthn.create", options)),
            attestationObject = StrictBase64Url.Encode(attestation),
            transports = new[] { "internal" },
        });
    }

    /// <summary>Answers <c>navigator.credentials.get()</c>.</summary>
    public string Use(JsonElement options)
    {
        Count++;
        var (client, data) = (ClientData("webauthn.get", options), AuthenticatorData(0));
        var signature = _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Credential(new
        {
            clientDataJSON = StrictBase64Url.Encode(client),
            authenticatorData = StrictBase64Url.Encode(data),
            signature = StrictBase64Url.Encode(signature),
            userHandle = UserHandle,
        });
    }

    public void Dispose() => _key.Dispose();

    private byte[] AuthenticatorData(byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(RpId)), (byte)(flags | Present | (Unlocks ? Verified : 0)), .. count];
    }

    private byte[] ClientData(string type, JsonElement options) => JsonSerializer.SerializeToUtf8Bytes(
        new { type, challenge = options.GetProperty("challenge").GetString(), origin = Origin, crossOrigin = false });

    private string Credential(object response)
    {
        var id = StrictBase64Url.Encode(Id);
        return JsonSerializer.Serialize(new { id, rawId = id, type = "public-key", clientExtensionResults = new { }, response });
    }
}
