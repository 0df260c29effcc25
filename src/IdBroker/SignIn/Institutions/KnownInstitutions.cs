using System.Collections.Frozen;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>The institutions whose people may sign in, in the order of their file.</summary>
public sealed class KnownInstitutions : IDisposable
{
    private readonly FrozenDictionary<string, Institution> _bySlug;

    public KnownInstitutions(IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<IssuerKeys> logger)
    {
        Http = IssuerDocument.CreateHttpClient();
        All = options.Value.InstitutionsFile is not { } path
            ? []
            : [.. RegistrationFiles.Read<InstitutionsFile>(path).Institutions
                .Select(entry => new Institution(entry, InstitutionsFile.SecretOf(entry, path), Http, clock, logger))];
        _bySlug = All.ToFrozenDictionary(institution => institution.Slug);
    }

    /// <summary>For the chooser of the sign-in page.</summary>
    public IReadOnlyList<Institution> All { get; }

    /// <summary>For calls to institutions: bounded in size and time, follows no redirects.</summary>
    public HttpClient Http { get; }

    public Institution? Find(string slug) => _bySlug.GetValueOrDefault(slug);

    public void Dispose() => Http.Dispose();
}
