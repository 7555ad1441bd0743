//! The operations of `LicenseDistributionService`.

use super::operations;
use crate::wire::batch::{StateChangeRequest, StateChangeResult};
use crate::wire::find::{
    FindCustomersResult, FindLicensesRequest, FindLicensesResult, FindOrdersRequest,
    FindOrdersResult, FindProductsResult, FindRequest, FindTokensRequest, FindTokensResult,
    FindUsersResult,
};
use crate::wire::import::{ImportLicensesRequest, ImportLicensesResult};
use crate::wire::issue::{
    ActivateLicenseRequest, EmergencyLicenseRequest, GenerateLicenseRequest, GetLicenseRequest,
    PreviewLicenseRequest, PreviewLicenseResult, RehostLicenseRequest, ReplaceLicensesResult,
};
use crate::wire::license::License;
use crate::wire::order::{CreateOrdersRequest, CreateOrdersResult, DeriveOrderRequest, Order};
use crate::wire::records::{
    FindAuditEntriesRequest, FindAuditEntriesResult, FindEventsRequest, FindEventsResult,
    VerifyAuditRequest, VerifyAuditResult,
};
use crate::wire::service::{
    FindGeneratorsRequest, FindGeneratorsResult, GetServiceInfoRequest, ServiceInfo,
    TestGeneratorRequest, TestGeneratorResult,
};
use crate::wire::store::{
    StoreCustomersRequest, StoreCustomersResult, StoreOrdersRequest, StoreOrdersResult,
    StoreProductsRequest, StoreProductsResult, StoreUsersRequest, StoreUsersResult,
};
use crate::wire::user::{
    CreateTokenRequest, CreateTokenResult, ResetPasswordRequest, ResetPasswordResult,
};
use crate::wire::verify::{VerifyLicenseRequest, VerifyLicenseResult};

operations! {
    /// Visits every operation of the service.
    visit, LicenseDistribution {
        /// What the service is; needs no credentials.
        GetServiceInfo = "getServiceInfo": GetServiceInfoRequest => ServiceInfo;
        /// Lists users.
        FindUsers = "findUsers": FindRequest => FindUsersResult;
        /// Creates and replaces users.
        StoreUsers = "storeUsers": StoreUsersRequest => StoreUsersResult;
        /// Deletes users.
        DeleteUsers = "deleteUsers": StateChangeRequest => StateChangeResult;
        /// Locks users.
        LockUsers = "lockUsers": StateChangeRequest => StateChangeResult;
        /// Unlocks users.
        UnlockUsers = "unlockUsers": StateChangeRequest => StateChangeResult;
        /// Disables users.
        DisableUsers = "disableUsers": StateChangeRequest => StateChangeResult;
        /// Enables users.
        EnableUsers = "enableUsers": StateChangeRequest => StateChangeResult;
        /// Gives a user a new password.
        ResetPassword = "resetPassword": ResetPasswordRequest => ResetPasswordResult;
        /// Lists customers.
        FindCustomers = "findCustomers": FindRequest => FindCustomersResult;
        /// Creates and replaces customers.
        StoreCustomers = "storeCustomers": StoreCustomersRequest => StoreCustomersResult;
        /// Deletes customers.
        DeleteCustomers = "deleteCustomers": StateChangeRequest => StateChangeResult;
        /// Hands nothing out to customers.
        BlockCustomers = "blockCustomers": StateChangeRequest => StateChangeResult;
        /// Serves blocked customers again.
        UnblockCustomers = "unblockCustomers": StateChangeRequest => StateChangeResult;
        /// Forgets customers.
        EraseCustomers = "eraseCustomers": StateChangeRequest => StateChangeResult;
        /// Lists products.
        FindProducts = "findProducts": FindRequest => FindProductsResult;
        /// Creates and replaces products.
        StoreProducts = "storeProducts": StoreProductsRequest => StoreProductsResult;
        /// Deletes products.
        DeleteProducts = "deleteProducts": StateChangeRequest => StateChangeResult;
        /// Makes products orderable.
        ActivateProducts = "activateProducts": StateChangeRequest => StateChangeResult;
        /// Stops new orders of products.
        RetireProducts = "retireProducts": StateChangeRequest => StateChangeResult;
        /// Lists orders.
        FindOrders = "findOrders": FindOrdersRequest => FindOrdersResult;
        /// Creates and replaces orders.
        StoreOrders = "storeOrders": StoreOrdersRequest => StoreOrdersResult;
        /// Creates one order or many alike.
        CreateOrders = "createOrders": CreateOrdersRequest => CreateOrdersResult;
        /// Makes an order that comes from another one.
        DeriveOrder = "deriveOrder": DeriveOrderRequest => Order;
        /// Deletes orders.
        DeleteOrders = "deleteOrders": StateChangeRequest => StateChangeResult;
        /// Suspends orders.
        SuspendOrders = "suspendOrders": StateChangeRequest => StateChangeResult;
        /// Resumes suspended orders.
        ResumeOrders = "resumeOrders": StateChangeRequest => StateChangeResult;
        /// Revokes orders for good.
        RevokeOrders = "revokeOrders": StateChangeRequest => StateChangeResult;
        /// Gives customers their moves and emergencies anew.
        ResetAllowances = "resetAllowances": StateChangeRequest => StateChangeResult;
        /// Lists licenses.
        FindLicenses = "findLicenses": FindLicensesRequest => FindLicensesResult;
        /// Gives a license with its files.
        GetLicense = "getLicense": GetLicenseRequest => License;
        /// Activates an order on the customer's behalf.
        ActivateLicense = "activateLicense": ActivateLicenseRequest => License;
        /// Gives a license to another machine.
        RehostLicense = "rehostLicense": RehostLicenseRequest => License;
        /// Issues licenses anew for the same hosts.
        ReplaceLicenses = "replaceLicenses": StateChangeRequest => ReplaceLicensesResult;
        /// Issues a short license.
        EmergencyLicense = "emergencyLicense": EmergencyLicenseRequest => License;
        /// Brings licenses that were issued elsewhere.
        ImportLicenses = "importLicenses": ImportLicensesRequest => ImportLicensesResult;
        /// Issues a license without an order.
        GenerateLicense = "generateLicense": GenerateLicenseRequest => License;
        /// Shows what a license would look like.
        PreviewLicense = "previewLicense": PreviewLicenseRequest => PreviewLicenseResult;
        /// Tells which license a text is.
        VerifyLicense = "verifyLicense": VerifyLicenseRequest => VerifyLicenseResult;
        /// Removes licenses.
        RemoveLicenses = "removeLicenses": StateChangeRequest => StateChangeResult;
        /// Asks for licenses back.
        RequestRemovals = "requestRemovals": StateChangeRequest => StateChangeResult;
        /// Takes requests for removal back.
        CancelRemovalRequests = "cancelRemovalRequests": StateChangeRequest => StateChangeResult;
        /// Makes an API token.
        CreateToken = "createToken": CreateTokenRequest => CreateTokenResult;
        /// Lists API tokens.
        FindTokens = "findTokens": FindTokensRequest => FindTokensResult;
        /// Revokes API tokens.
        RevokeTokens = "revokeTokens": StateChangeRequest => StateChangeResult;
        /// Lists the installed generators.
        FindGenerators = "findGenerators": FindGeneratorsRequest => FindGeneratorsResult;
        /// Tries a generator out.
        TestGenerator = "testGenerator": TestGeneratorRequest => TestGeneratorResult;
        /// Switches generators on.
        EnableGenerators = "enableGenerators": StateChangeRequest => StateChangeResult;
        /// Switches generators off.
        DisableGenerators = "disableGenerators": StateChangeRequest => StateChangeResult;
        /// Lists entries of the audit log.
        FindAuditEntries = "findAuditEntries": FindAuditEntriesRequest => FindAuditEntriesResult;
        /// Checks whether the audit log is as it was written.
        VerifyAudit = "verifyAudit": VerifyAuditRequest => VerifyAuditResult;
        /// Lists events after a cursor.
        FindEvents = "findEvents": FindEventsRequest => FindEventsResult;
    }
}
