//! The operations of `ActivationService`.

use super::operations;
use crate::wire::activation::{
    ActivateRequest, EmergencyRequest, IssuedLicense, MachineRequest, OrderInfo, OrderInfoRequest,
    RehostRequest,
};

operations! {
    /// Visits every operation of the service.
    visit, Activation {
        /// What an activation of the order needs.
        GetOrderInfo = "getOrderInfo": OrderInfoRequest => OrderInfo;
        /// The license of a machine, made if there is none yet.
        Activate = "activate": ActivateRequest => IssuedLicense;
        /// The existing license of a machine.
        GetLicense = "getLicense": MachineRequest => IssuedLicense;
        /// Removes the license of a machine.
        Deactivate = "deactivate": MachineRequest => IssuedLicense;
        /// Removes the license of a machine because the vendor asked for it.
        ConfirmRemoval = "confirmRemoval": MachineRequest => IssuedLicense;
        /// Gives the license of a machine to another one.
        Rehost = "rehost": RehostRequest => IssuedLicense;
        /// Gives a short license.
        Emergency = "emergency": EmergencyRequest => IssuedLicense;
    }
}
