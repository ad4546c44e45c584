-- What was bought, refunded and exchanged of reservations; the bill has these amounts, too, so they are in no sum with it.
SELECT x_EventDate, x_EventType, x_ReservationOrderName, x_ReservationOrderId, x_SkuName, RegionId, x_Term, x_BillingFrequency, x_Quantity AS quantity, x_Amount AS amount,
       BillingCurrency, SubAccountName
FROM reservation_transactions
ORDER BY x_EventDate DESC, x_ReservationOrderId, x_Amount;
