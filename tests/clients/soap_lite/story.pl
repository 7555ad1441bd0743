use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha1_base64);
use MIME::Base64;
use POSIX qw(strftime);
use SOAP::Lite;

binmode STDOUT, ':encoding(UTF-8)';
my ($url, $ref) = @ENV{qw(LDS_URL LDS_REF)};

# SOAP::Lite asks who we are through this hook.
sub SOAP::Transport::HTTP::Client::get_basic_credentials { @ENV{qw(LDS_USER LDS_PASSWORD)} }

# It knows the members of no WSDL of this kind: their names, their order and the namespace are the
# caller's part.
sub service {
    my ($path, $namespace) = @_;
    return SOAP::Lite->proxy("$url$path")->default_ns($namespace)->autotype(0)
        ->on_action(sub { '' })->on_fault(sub { $_[1] });
}
my $vendor = service('/soap/v1', 'urn:license-distribution-service:v1');
my $activation = service('/soap/activation/v1', 'urn:license-distribution-service:activation:v1');

# Pairs of a name and a text or, where it has members of its own, an array of such pairs.
sub members {
    my @members;
    while (my ($name, $value) = splice @_, 0, 2) {
        push @members, ref $value
            ? SOAP::Data->name($name => \SOAP::Data->value(members(@$value)))
            : SOAP::Data->name($name => $value)->type('string');
    }
    return @members;
}

sub call {
    my ($service, $operation, @pairs) = @_;
    return $service->call($operation, members(@pairs));
}

# Create.
my $reply = call($vendor, 'storeCustomers', customer => [
    name => 'Müller & Söhne <Wien>',
    contact => [name => 'Eva Muster', email => 'eva@example.com'],
    contact => [name => 'Jo'],
    address => [city => 'Wien'],
    externalRef => $ref,
    attribute => [name => 'segment', value => 'gold'],
]);
my $id = $reply->valueof('//item/customer/id');
print "created $id\n";

# Find.
$reply = call($vendor, 'findCustomers', externalRef => $ref);
my $customer = $reply->dataof('//result/customer');
print 'found ', $reply->valueof('//result/customer/name'), "\n";

# Change, and store back whole, in the order of the schema.
my $notes = SOAP::Data->name(notes => 'Calls back on Monday.');
my @whole = map { $_->name eq 'externalRef' ? ($notes, $_) : $_ } ${ $customer->value }->value;
$reply = $vendor->call('storeCustomers', again(SOAP::Data->name(customer => \SOAP::Data->value(@whole))));
print 'stored ', $reply->valueof('//item/customer/revision'), "\n";

# What was read, ready to be sent: only what has a type is escaped.
sub again {
    my ($data) = @_;
    my $value = $data->value;
    return SOAP::Data->name($data->name => $value)->type('string') unless ref $value;
    return SOAP::Data->name($data->name => \SOAP::Data->value(map { again($_) } $$value->value));
}

# Sell: one Order ID.
$reply = call($vendor, 'createOrders', order => [customerId => $id, productId => $ENV{LDS_PRODUCT}]);
my $order_id = $reply->valueof('//order/orderId');
print "order $order_id\n";

# Activate.
$reply = call($activation, 'activate', orderId => $order_id,
    host => [type => 'ETHERNET', value => '00-11-22-AA-BB-CC']);
print 'license ', $reply->valueof('//result/id'), "\n";
print 'text ', $reply->valueof('//result/file/text'), "\n";

# A second machine is refused.
$reply = call($activation, 'activate', orderId => $order_id,
    host => [type => 'ETHERNET', value => '00-11-22-DD-EE-FF']);
if ($reply->fault) {
    my $detail = $reply->faultdetail->{ServiceFault};
    print "fault $detail->{code}\n";
    print "message $detail->{message}\n";
}

# A batch, one item of which fails: this revision is no longer the current one.
$reply = call($vendor, 'storeCustomers',
    customer => [name => 'Good & Co', externalRef => "$ref-2"],
    customer => [id => $id, revision => 1, name => 'Too late']);
my $batch = $reply->valueof('//result');
print "batch $batch->{status} $batch->{failed} of $batch->{total}\n";
for my $item ($reply->valueof('//result/item')) {
    print "failure $item->{index} $item->{failure}{code}\n" if $item->{failure};
}

# Sign in with a password digest: the secret itself does not go over the wire.
sub digest {
    my ($token, $secret) = @_;
    my $wss = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
    open my $random, '<:raw', '/dev/urandom' or die $!;
    read $random, my $nonce, 16;
    my $created = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime);
    my $digest = sha1_base64($nonce . $created . $secret) . '=';  # it leaves the padding to us
    my $encoded = encode_base64($nonce, '');
    return SOAP::Header->type(xml => <<"XML");
<w:Security xmlns:w="$wss-wssecurity-secext-1.0.xsd" xmlns:u="$wss-wssecurity-utility-1.0.xsd">
  <w:UsernameToken>
    <w:Username>$token</w:Username>
    <w:Password Type="$wss-username-token-profile-1.0#PasswordDigest">$digest</w:Password>
    <w:Nonce>$encoded</w:Nonce>
    <u:Created>$created</u:Created>
  </w:UsernameToken>
</w:Security>
XML
}

# A service of its own: the other one would go on to show the password too.
my $signed = service('/soap/v1', 'urn:license-distribution-service:v1');
$reply = $signed->call('findCustomers', digest(@ENV{qw(LDS_TOKEN LDS_SECRET)}), members(externalRef => $ref));
print 'digest ', $reply->valueof('//result/customer/name'), "\n";
