# What the bridge says about a person, made from what the institution said in SAML. Everything here is a claim for
# OpenID: who it is (sub), how the sign-in was done (acr), and only such affiliations as the institution may give.
package Kakehashi::SamlBridge;

use strict;
use Mouse;
use Digest::SHA qw(sha256);
use Lemonldap::NG::Portal::Main::Constants qw(PE_OK PE_SAML_ATTR_ERROR);
use MIME::Base64 qw(encode_base64url);

extends 'Lemonldap::NG::Portal::Main::Plugin';

use constant afterSub => { setAuthSessionInfo => 'describe' };

my $persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

sub init { return 1 }

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
    $session->{bridge_acr} = $self->context($req);
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

sub context {
    my ( $self, $req ) = @_;
    my $assertion = Lasso::Login::get_assertion( $req->data->{_lassoLogin} );
    my ($statement) = $assertion->AuthnStatement();
    my $context = $statement && $statement->AuthnContext();
    return $context && $context->AuthnContextClassRef() || '';
}

# A value ends in "@" and a scope; the federation's metadata says which scopes are this institution's.
sub may_scope {
    my ( $self, $idp, $value ) = @_;
    my ($scope) = $value =~ /@([^@]+)$/ or return 0;
    my %own = map { lc($_) => 1 } split( / /, $self->conf->{customPluginsParams}->{scopes}->{$idp} // '' );
    return $own{ lc $scope };
}

1;
