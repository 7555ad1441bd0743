'use strict';
const soap = require('soap');

const { LDS_URL: url, LDS_REF: ref, LDS_PRODUCT: productId } = process.env;

async function story() {
  const vendor = await soap.createClientAsync(`${url}/soap/v1?wsdl`);
  vendor.setSecurity(new soap.BasicAuthSecurity(process.env.LDS_USER, process.env.LDS_PASSWORD));
  const activation = await soap.createClientAsync(`${url}/soap/activation/v1?wsdl`);

  // Create.
  const [created] = await vendor.storeCustomersAsync({ customer: [{
    name: 'Müller & Söhne <Wien>',
    contact: [{ name: 'Eva Muster', email: 'eva@example.com' }, { name: 'Jo' }],
    address: { city: 'Wien' },
    externalRef: ref,
    attribute: [{ name: 'segment', value: 'gold' }],
  }] });
  const { id } = created.result.item[0].customer;
  console.log(`created ${id}`);

  // Find.
  const [found] = await vendor.findCustomersAsync({ externalRef: ref });
  const customer = found.result.customer[0];
  console.log(`found ${customer.name}`);

  // Change, and store back whole.
  customer.notes = 'Calls back on Monday.';
  const [stored] = await vendor.storeCustomersAsync({ customer: [customer] });
  console.log(`stored ${stored.result.item[0].customer.revision}`);

  // Sell: one Order ID.
  const [sold] = await vendor.createOrdersAsync({ order: { customerId: id, productId } });
  const { orderId } = sold.result.order[0];
  console.log(`order ${orderId}`);

  // Activate.
  const laptop = { type: 'ETHERNET', value: '00-11-22-AA-BB-CC' };
  const [activated] = await activation.activateAsync({ orderId, host: [laptop] });
  console.log(`license ${activated.result.id}`);
  console.log(`text ${activated.result.file[0].text}`);

  // A second machine is refused.
  const desktop = { type: 'ETHERNET', value: '00-11-22-DD-EE-FF' };
  try {
    await activation.activateAsync({ orderId, host: [desktop] });
  } catch (error) {
    const detail = error.root.Envelope.Body.Fault.detail.ServiceFault;
    console.log(`fault ${detail.code}`);
    console.log(`message ${detail.message}`);
  }

  // A batch, one item of which fails: this revision is no longer the current one.
  const [batch] = await vendor.storeCustomersAsync({ customer: [
    { name: 'Good & Co', externalRef: `${ref}-2` },
    { id, revision: 1, name: 'Too late' },
  ] });
  const { status, failed, total, item } = batch.result;
  console.log(`batch ${status} ${failed} of ${total}`);
  for (const { index, failure } of item.filter((each) => each.failure)) {
    console.log(`failure ${index} ${failure.code}`);
  }

  // Sign in with a password digest: the secret itself does not go over the wire.
  const { LDS_TOKEN: token, LDS_SECRET: secret } = process.env;
  vendor.setSecurity(new soap.WSSecurity(token, secret, 'PasswordDigest'));
  const [signed] = await vendor.findCustomersAsync({ externalRef: ref });
  console.log(`digest ${signed.result.customer[0].name}`);
}

story();
