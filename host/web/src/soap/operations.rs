//! Which method of the domain does which operation: one line each. The rest of an operation is
//! said by its types.

use lds_soap::operation::{activation, internal};
use lds_soap::wire::batch::StateChangeResult;
use lds_soap::wire::issue::ReplaceLicensesResult;

use super::generator;
use super::table::Table;

/// Adds operations to a table. `command`: the request becomes a command, if it can be read as one,
/// and the method's answer the reply. `plain`: it is one in any case. `by_ref`: likewise, and the
/// method only looks at it. `find`: the request becomes a filter and paging. `change`: a plural
/// state change, answered by the ids as they were given. `order_id`: the method wants it alone.
/// Behind `customers:` stand operations whose requests show an Order ID.
macro_rules! operations {
    ($table:ident: $($kind:ident $operation:path => $method:ident;)+) => {$(
        $table.add::<$operation, _, _, _>(|call, request| async move {
            operations!(@$kind call, request, $method)
        });
    )+};
    ($table:ident, customers: $($kind:ident $operation:path => $method:ident;)+) => {$(
        $table.add_for_customers::<$operation, _, _, _>(
            |request| &request.order_id,
            |call, request| async move { operations!(@$kind call, request, $method) },
        );
    )+};
    (@command $call:ident, $request:ident, $method:ident) => {
        $call.services.$method(&$call.actor, $request.try_into()?).await
    };
    (@plain $call:ident, $request:ident, $method:ident) => {
        $call.services.$method(&$call.actor, $request.into()).await
    };
    (@by_ref $call:ident, $request:ident, $method:ident) => {
        $call.services.$method(&$call.actor, &$request.into()).await
    };
    (@order_id $call:ident, $request:ident, $method:ident) => {
        $call.services.$method(&$call.actor, &$request.order_id).await
    };
    (@find $call:ident, $request:ident, $method:ident) => {{
        let (filter, paging) = $request.try_into()?;
        $call.services.$method(&$call.actor, filter, paging).await
    }};
    (@change $call:ident, $request:ident, $method:ident) => {{
        let ids = $request.id.clone();
        let answer = $call.services.$method(&$call.actor, $request.try_into()?).await?;
        Ok(StateChangeResult::new(ids, answer))
    }};
}

/// All operations of all services.
pub(super) fn table() -> Table {
    let mut table = Table::default();
    operations! { table:
        find internal::FindUsers => find_users;
        command internal::StoreUsers => store_users;
        command internal::ResetPassword => reset_password;
        change internal::DeleteUsers => delete_users;
        change internal::LockUsers => lock_users;
        change internal::UnlockUsers => unlock_users;
        change internal::DisableUsers => disable_users;
        change internal::EnableUsers => enable_users;
        find internal::FindCustomers => find_customers;
        command internal::StoreCustomers => store_customers;
        change internal::DeleteCustomers => delete_customers;
        change internal::BlockCustomers => block_customers;
        change internal::UnblockCustomers => unblock_customers;
        change internal::EraseCustomers => erase_customers;
        find internal::FindProducts => find_products;
        command internal::StoreProducts => store_products;
        change internal::DeleteProducts => delete_products;
        change internal::ActivateProducts => activate_products;
        change internal::RetireProducts => retire_products;
        find internal::FindOrders => find_orders;
        command internal::StoreOrders => store_orders;
        command internal::CreateOrders => create_orders;
        command internal::DeriveOrder => derive_order;
        change internal::DeleteOrders => delete_orders;
        change internal::ResetAllowances => reset_allowances;
        change internal::SuspendOrders => suspend_orders;
        change internal::ResumeOrders => resume_orders;
        change internal::RevokeOrders => revoke_orders;
        command internal::GetLicense => license;
        command internal::ActivateLicense => activate_license;
        command internal::RehostLicense => rehost_license;
        command internal::EmergencyLicense => emergency_license;
        command internal::GenerateLicense => generate_license;
        command internal::ImportLicenses => import_licenses;
        command internal::PreviewLicense => preview_license;
        command internal::VerifyLicense => verify_license;
        plain internal::TestGenerator => test_generator;
        change internal::EnableGenerators => enable_generators;
        change internal::DisableGenerators => disable_generators;
        change internal::RemoveLicenses => remove_licenses;
        change internal::RequestRemovals => request_removals;
        change internal::CancelRemovalRequests => cancel_removal_requests;
        command internal::CreateToken => create_token;
        find internal::FindTokens => find_tokens;
        change internal::RevokeTokens => revoke_tokens;
        find internal::FindAuditEntries => find_audit_entries;
        plain internal::VerifyAudit => verify_audit;
        plain internal::FindEvents => find_events;
    }
    operations! { table, customers:
        order_id activation::GetOrderInfo => order_info;
        plain activation::Activate => activate;
        by_ref activation::GetLicense => fetch_license;
        by_ref activation::Deactivate => deactivate;
        by_ref activation::ConfirmRemoval => confirm_removal;
        plain activation::Rehost => rehost;
        plain activation::Emergency => emergency;
    }
    add_others(&mut table);
    generator::add_to(&mut table);
    table
}

/// Those that fit no kind.
fn add_others(table: &mut Table) {
    table.add::<internal::GetServiceInfo, _, _, _>(|call, _| async move {
        let mut info = call.services.service_info(&call.actor).await?;
        info.limits.push(("bodyBytes", call.body_limit as u64));
        Ok(info)
    });
    table.add::<internal::ReplaceLicenses, _, _, _>(|call, request| async move {
        let ids = request.id.clone();
        let answer = call
            .services
            .replace_licenses(&call.actor, request.try_into()?);
        Ok(ReplaceLicensesResult::new(ids, answer.await?))
    });
    table.add::<internal::FindLicenses, _, _, _>(|call, request| async move {
        let (filter, paging) = request.into_filter(call.services.clock())?;
        call.services
            .find_licenses(&call.actor, filter, paging)
            .await
    });
    table.add::<internal::FindGenerators, _, _, _>(|call, request| async move {
        call.services
            .find_generators(&call.actor, &request.id)
            .await
    });
}
