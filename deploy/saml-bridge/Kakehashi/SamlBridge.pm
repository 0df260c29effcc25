# What the bridge adds to LemonLDAP::NG. To the institution it passes on what the OpenID client demands: a fresh sign-in, a
# second factor. To the client it says who it is (sub), how and when the person signed in there (acr, auth_time), and only such
# affiliations as the institution may give. It remembers nobody: each sign-in goes to the institution.
package Kakehashi::SamlBridge;

use strict;
use Mouse;
use Digest::SHA qw(sha256);
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_SAML_ATTR_ERROR);
use MIME::Base64 qw(encode_base64url);
use Time::Local qw(timegm);

extends 'Lemonldap::NG::Portal::Main::Plugin';

use constant beforeAuth => 'note';
use constant afterSub   => { setAuthSessionInfo => 'describe' };
use constant hook       => { samlGenerateAuthnRequest => 'demand', oidcGenerateCode => 'forget' };

my $persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

sub init { return 1 }

# What the client demands, kept in the browser until the institution is chosen.
sub note {
    my ( $self, $req ) = @_;
    if ( $req->path_info =~ m{^/oauth2/authorize$} ) {
        $req->pdata->{bridge} = { map { $_ => $req->param($_) // '' } qw(prompt acr_values) };
        push @{ $req->pdata->{keepPdata} }, 'bridge';
    }
    return PE_OK;
}

sub demand {
    my ( $self, $req, $idp, $login ) = @_;
    my $demanded = $req->pdata->{bridge} // {};
    $login->request->ForceAuthn(1) if ( $demanded->{prompt} // '' ) =~ /\blogin\b/;
    if ( my @contexts = split( / /, $demanded->{acr_values} // '' ) ) {
        my $requested = Lasso::Samlp2RequestedAuthnContext->new();
        $requested->AuthnContextClassRef(@contexts);
        $requested->Comparison('exact');
        $login->request->RequestedAuthnContext($requested);
    }
    return PE_OK;
}

# The session stays for the client's own requests; the browser's next sign-in does not find it.
sub forget {
    my ( $self, $req ) = @_;
    delete $req->pdata->{bridge};
    $req->addCookie(
        $self->p->cookie(
            name    => $self->conf->{cookieName},
            value   => 0,
            domain  => $self->conf->{domain},
            secure  => $self->conf->{securedCookie},
            expires => 'Thu, 1 Jan 1970 00:00:00 GMT',
        )
    );
    return PE_OK;
}

sub describe {
    my ( $self, $req ) = @_;
    my $session = $req->sessionInfo;
    my $idp     = $session->{_idp};

    my ( $kind, $id ) = $self->lasting_id( $req, $idp );
    unless ($kind) {
        $self->userLogger->error("$idp sent neither a subject-id, a pairwise-id nor a persistent NameID");
        return PE_SAML_ATTR_ERROR;
    }

    # An institution can only ever name its own people: its entity id is part of what is hashed.
    $session->{bridge_sub} = encode_base64url( sha256( join( "\0", $idp, $kind, $id ) ) );
    ( $session->{bridge_acr}, $session->{bridge_auth_time} ) = $self->sign_in($req);
    $session->{bridge_affiliation} =
      join( '; ', grep { $self->may_scope( $idp, $_ ) } split( /; */, $session->{eduPersonScopedAffiliation} // '' ) );
    $session->{bridge_orcid} =
      ( $session->{eduPersonOrcid} // '' ) =~ m{^(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])$} ? $1 : '';
    return PE_OK;
}

# Identifiers that institutions promise never to give to another person, the strongest promise first.
sub lasting_id {
    my ( $self, $req, $idp ) = @_;
    for my $kind (qw(subjectId pairwiseId)) {
        my $value = lc( $req->sessionInfo->{$kind} // '' );
        return ( $kind, $value )
          if $value =~ /^[a-z0-9][-=a-z0-9]{0,126}@[a-z0-9][-.a-z0-9]{0,126}$/ && $self->may_scope( $idp, $value );
    }
    my $name = $req->data->{_nameID};
    return ( nameId => $name->content ) if $name && ( $name->Format // '' ) eq $persistent;
    return;
}

# How and when the person signed in at the institution.
sub sign_in {
    my ( $self, $req ) = @_;
    my ($statement) = Lasso::Login::get_assertion( $req->data->{_lassoLogin} )->AuthnStatement();
    return ( '', 0 ) unless $statement;
    my $context = $statement->AuthnContext();
    my @at      = ( $statement->AuthnInstant() // '' ) =~ /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/;
    return ( $context && $context->AuthnContextClassRef() || '', @at ? timegm( $at[5], $at[4], $at[3], $at[2], $at[1] - 1, $at[0] ) : 0 );
}

# A value ends in "@" and a scope; the federation's metadata says which scopes are this institution's.
sub may_scope {
    my ( $self, $idp, $value ) = @_;
    my ($scope) = $value =~ /@([^@]+)$/ or return 0;
    my %own = map { lc($_) => 1 } split( / /, $self->conf->{customPluginsParams}->{scopes}->{$idp} // '' );
    return $own{ lc $scope };
}

1;
