# The bridge as a web application: LemonLDAP::NG's portal with our plugin, and the files its pages need.
use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Lemonldap::NG::Portal::Main;
use Plack::App::File;
use Plack::Builder;

builder {
    mount '/static'     => Plack::App::File->new( root => '/usr/share/lemonldap-ng/portal/htdocs/static' )->to_app;
    mount '/javascript' => Plack::App::File->new( root => '/usr/share/javascript' )->to_app;
    mount '/'           => Lemonldap::NG::Portal::Main->run( {} );
};
