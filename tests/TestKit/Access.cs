using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.TestKit;

/// <summary>Access events to deliver, all good unless told otherwise.</summary>
public static class Access
{
    public const string Producer = "idbroker";

    /// <summary>Each is another event, even of the same minute.</summary>
    public static AccessEvent Event(string kind = "sign-in.succeeded", int minute = 0) => new(
        Version: 1,
        EventId: Guid.CreateVersion7(),
        At: Usage.Start.AddMinutes(minute),
        Producer: Producer,
        Kind: kind,
        Actor: "sato",
        Subject: "0198c0de000070008000000000000001",
        Reason: "pwd otp",
        Acr: Assurance.Mfa);

    public static byte[] ToLeaf(this AccessEvent access) => JsonSerializer.SerializeToUtf8Bytes(access, ServiceDefaultsExtensions.Json);
}
