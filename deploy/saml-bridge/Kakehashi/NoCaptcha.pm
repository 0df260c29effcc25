# The portal loads a captcha even where no page has one, and Debian's draws its pictures with ImageMagick. This one draws none.
package Kakehashi::NoCaptcha;

use strict;
use Mouse;

extends 'Lemonldap::NG::Portal::Main::Plugin';

sub init { return 1 }

1;
