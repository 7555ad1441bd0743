require 'soap/wsdlDriver'

url, ref, product = ENV.values_at('LDS_URL', 'LDS_REF', 'LDS_PRODUCT')

vendor = SOAP::WSDLDriverFactory.new("#{url}/soap/v1?wsdl").create_rpc_driver
vendor.options['protocol.http.basic_auth'] << ["#{url}/soap/v1", *ENV.values_at('LDS_USER', 'LDS_PASSWORD')]
activation = SOAP::WSDLDriverFactory.new("#{url}/soap/activation/v1?wsdl").create_rpc_driver

# A member that may repeat is an array only where it does.
def list(member)
  member.is_a?(Array) ? member : [member].compact
end

# Create.
result = vendor.storeCustomers(customer: [{
  name: 'Müller & Söhne <Wien>',
  contact: [{ name: 'Eva Muster', email: 'eva@example.com' }, { name: 'Jo' }],
  address: { city: 'Wien' },
  externalRef: ref,
  attribute: [{ name: 'segment', value: 'gold' }]
}]).result
id = list(result.item).first.customer.id
puts "created #{id}"

# Find.
customer = list(vendor.findCustomers(externalRef: ref).result.customer).first
puts "found #{customer.name}"

# Change, and store back whole. A member that was absent has no setter yet; a list of one must be
# made a list again, or soap4r leaves it out.
notes = XSD::QName.new('urn:license-distribution-service:v1', 'notes')
customer.__xmlele << [notes, 'Calls back on Monday.']
customer.attribute = list(customer.attribute)
stored = vendor.storeCustomers(customer: [customer]).result
puts "stored #{list(stored.item).first.customer.revision}"

# Sell: one Order ID.
sold = vendor.createOrders(order: { customerId: id, productId: product }).result
order_id = list(sold.order).first.orderId
puts "order #{order_id}"

# Activate.
laptop = { type: 'ETHERNET', value: '00-11-22-AA-BB-CC' }
license = activation.activate(orderId: order_id, host: [laptop]).result
puts "license #{license.id}"
puts "text #{list(license.file).first.text}"

# A second machine is refused.
desktop = { type: 'ETHERNET', value: '00-11-22-DD-EE-FF' }
begin
  activation.activate(orderId: order_id, host: [desktop])
rescue SOAP::FaultError => e
  puts "fault #{e.detail.serviceFault.code}"
  puts "message #{e.detail.serviceFault.message}"
end

# A batch, one item of which fails: this revision is no longer the current one.
batch = vendor.storeCustomers(customer: [
  { name: 'Good & Co', externalRef: "#{ref}-2" },
  { id: id, revision: 1, name: 'Too late' }
]).result
puts "batch #{batch.status} #{batch.failed} of #{batch.total}"
batch.item.select { |each| each.respond_to?(:failure) }.each do |item|
  puts "failure #{item.index} #{item.failure.code}"
end
