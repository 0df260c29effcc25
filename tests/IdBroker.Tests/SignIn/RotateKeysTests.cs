using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class RotateKeysTests : IAsyncLifetime
{
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(30);

    private readonly TestBroker _broker = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_has_expired()
    {
        var old = await SigningKeyIdAsync();

        var rotation = (await (await RotateAsync("mori")).Content.ReadFromJsonAsync<RotateKeys.Response>(Ct))!;

        Assert.Equal(old, await SigningKeyIdAsync());
        Assert.Equal([old, rotation.KeyId], (await PublishedAsync(_broker.Http)).Order(Comparer<string>.Create((a, _) => a == old ? -1 : 1)));
        _broker.Clock.Advance(Ahead - TimeSpan.FromSeconds(2));
        var lastOfOld = await _broker.AccountTokenAsync("ito");
        Assert.Equal(old, CompactJws.Read(lastOfOld, out _)!.KeyId);
        _broker.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(rotation.KeyId, await SigningKeyIdAsync());
        _broker.Clock.Advance(TimeSpan.FromSeconds(295));
        Assert.Null((await _broker.VerifyAsync(lastOfOld, Audiences.Platform)).Refusal);
        _broker.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal([rotation.KeyId], await PublishedAsync(_broker.Http));
    }

    [Fact]
    public async Task Other_instances_take_the_new_key_up_by_themselves()
    {
        var (_, other) = await _broker.StartAsync();
        Assert.Single(await PublishedAsync(other));

        await RotateAsync("mori");

        for (var deadline = Environment.TickCount64 + 20_000; (await PublishedAsync(other)).Count < 2;)
        {
            Assert.True(Environment.TickCount64 < deadline);
            await Task.Delay(100, Ct);
        }

        other.Dispose();
    }

    [Fact]
    public async Task A_rotation_is_audited_with_who_did_it()
    {
        var rotation = (await (await RotateAsync("mori")).Content.ReadFromJsonAsync<RotateKeys.Response>(Ct))!;

        Assert.Equal(["mori signing-key.created"], await _broker.AuditAsync(rotation.KeyId));
    }

    [Fact]
    public async Task Of_two_rotations_at_once_one_is_told_to_wait()
    {
        var token = await _broker.AccountTokenAsync("mori");
        await using var gate = await TableGate.CloseAsync(_broker.ConnectionString, "signing_key", Ct);

        var both = new[] { token, token }.Select(async t => (await RotateWithAsync(t)).StatusCode).ToList();
        await gate.OpenWhenWaitingAsync(2, Ct);

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], (await Task.WhenAll(both)).Order());
        Assert.Equal(2, (await PublishedAsync(_broker.Http)).Count);
    }

    [Fact]
    public async Task Only_an_operator_rotates_keys()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await RotateAsync("ito")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _broker.Http.PostAsync("/keys/rotation", null, Ct)).StatusCode);
        Assert.Single(await PublishedAsync(_broker.Http));
    }

    [Fact]
    public async Task The_private_key_is_not_readable_in_the_database()
    {
        await using var connection = new NpgsqlConnection(_broker.ConnectionString);
        var box = (await connection.QuerySingleAsync<byte[]>("SELECT private_key FROM signing_key"))!;
        using var ec = ECDsa.Create();

        Assert.Throws<CryptographicException>(() => ec.ImportPkcs8PrivateKey(box.AsSpan(12, box.Length - 28), out _));
    }

    [Fact]
    public async Task Without_the_right_key_encryption_key_nothing_starts()
    {
        var wrong = _broker.KeyFile + "-wrong";
        await File.WriteAllBytesAsync(wrong, RandomNumberGenerator.GetBytes(32), Ct);
        var shortKey = _broker.KeyFile + "-short";
        await File.WriteAllBytesAsync(shortKey, new byte[16], Ct);

        Assert.Contains("is not the file", (await StartFailsAsync(wrong)).Message, StringComparison.Ordinal);
        Assert.Contains("exactly 32", (await StartFailsAsync(shortKey)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", (await StartFailsAsync("/nowhere/kek")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_in_swapped_rows_do_not_open()
    {
        await RotateAsync("mori");
        await using var connection = new NpgsqlConnection(_broker.ConnectionString);
        await connection.ExecuteAsync("""
            UPDATE signing_key AS a SET private_key = b.private_key FROM signing_key AS b WHERE a.signing_key_id <> b.signing_key_id
            """);

        Assert.Contains("is not the file", (await StartFailsAsync(_broker.KeyFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retired_key_is_deleted()
    {
        var old = await SigningKeyIdAsync();
        await RotateAsync("mori");
        _broker.Clock.Advance(TimeSpan.FromMinutes(10));

        await _broker.Services.GetRequiredService<KeyRing>().ForgetRetiredAsync(Ct);

        await using var connection = new NpgsqlConnection(_broker.ConnectionString);
        Assert.DoesNotContain(old, await connection.QueryAsync<string>("SELECT signing_key_id FROM signing_key ORDER BY 1"));
    }

    private async Task<HttpResponseMessage> RotateAsync(string account) => await RotateWithAsync(await _broker.AccountTokenAsync(account));

    private async Task<HttpResponseMessage> RotateWithAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/keys/rotation") { Headers = { Authorization = new("Bearer", token) } };
        return await _broker.Http.SendAsync(request, Ct);
    }

    private async Task<string> SigningKeyIdAsync() => CompactJws.Read(await _broker.AccountTokenAsync("ito"), out _)!.KeyId!;

    private async Task<InvalidOperationException> StartFailsAsync(string keyFile) =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => _broker.StartAsync(keyFile: keyFile));

    private static async Task<List<string>> PublishedAsync(HttpClient http)
    {
        var set = JsonElement.Parse(await http.GetByteArrayAsync("/jwks", Ct));
        return set.GetProperty("keys").EnumerateArray().Select(key => key.Text("kid")!).ToList();
    }
}
