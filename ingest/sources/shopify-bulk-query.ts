const money = '{ shopMoney { amount currencyCode } }'
const visit = '{ id occurredAt landingPage referrerUrl utmParameters { source medium campaign content } }'

/**
 * What a bulk operation gathers: orders changed since, with what is read of them. Refunds and transactions are lists, not
 * connections, and stand in the line of their order; only its items are lines of their own.
 */
export function orderQuery(since: Date | null): string {
  const filter = since === null ? '' : `(query: "updated_at:>='${since.toISOString()}'")`
  return `{ orders${filter} { edges { node {
    id name test createdAt updatedAt cancelledAt displayFinancialStatus email phone
    totalPriceSet ${money} totalTaxSet ${money} totalShippingPriceSet ${money} totalDiscountsSet ${money}
    transactions { kind status processedAt }
    refunds { id createdAt totalRefundedSet ${money} }
    billingAddress { name company address1 address2 city zip countryCodeV2 phone }
    shippingAddress { name }
    customer {
      id firstName lastName createdAt
      defaultEmailAddress { emailAddress marketingState marketingUpdatedAt }
      defaultPhoneNumber { phoneNumber marketingState marketingUpdatedAt }
    }
    customerJourneySummary { firstVisit ${visit} lastVisit ${visit} }
    lineItems { edges { node { id sku name quantity originalUnitPriceSet ${money} } } }
  } } } }`
}

export const runOperation = `mutation run($query: String!, $groupObjects: Boolean!) {
  bulkOperationRunQuery(query: $query, groupObjects: $groupObjects) {
    bulkOperation { id createdAt }
    userErrors { message code }
  }
}`

export const askOperation = `query ask($id: ID!) {
  node(id: $id) { ... on BulkOperation { status errorCode url partialDataUrl fileSize } }
}`
