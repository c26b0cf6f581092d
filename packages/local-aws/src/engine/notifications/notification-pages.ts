import type { IncomingMessage, ServerResponse } from "node:http";
import type { Mount } from "../../ground/http.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { CERTIFICATE_PATH, certificateFile } from "../../services/sns/envelope.ts";
import { noSubscription } from "../../services/sns/faults.ts";
import { subscriptionOfArn } from "../../services/sns/find.ts";
import { signingKeys } from "../../services/sns/state.ts";
import { confirm, end } from "../../services/sns/subscriptions.ts";
import type { EngineContext } from "../engine.ts";

const NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/";

/**
 * What messages of topics point their readers to, and who opens it need not sign: the certificate, and the addresses that confirm
 * and end a subscription.
 * https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html
 */
export function notificationPages(context: EngineContext): readonly Mount[] {
  const { store } = context;
  const answering =
    (work: (query: URLSearchParams) => { readonly action: string; readonly arn?: string }) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const query = new URL(request.url ?? "/", "http://localhost").searchParams;
      try {
        const { action, arn } = store.transaction(() => work(query));
        send(response, 200, "text/xml", resultXml(action, arn));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const isMissing = error.code === "NotFoundException";
        send(response, isMissing ? 404 : 400, "text/xml", errorXml(error, isMissing));
      }
    };
  return [
    {
      prefix: CERTIFICATE_PATH,
      handle: ({ url }, response) => {
        const key = store.of(signingKeys, "", "").get("key");
        if (key && url === certificateFile(key.certificate))
          send(response, 200, "application/x-pem-file", key.certificate);
        else send(response, 404, "text/plain", "There is no such certificate.\n");
      },
    },
    {
      prefix: "/?Action=ConfirmSubscription&",
      handle: answering((query) => {
        const by = { isSigned: false, isKept: query.get("AuthenticateOnUnsubscribe") === "true" };
        const token = query.get("Token") ?? "";
        const arn = confirm(store, query.get("TopicArn") ?? "", token, by);
        return { action: "ConfirmSubscription", arn };
      }),
    },
    {
      prefix: "/?Action=Unsubscribe&",
      handle: answering((query) => {
        const found = subscriptionOfArn(store, query.get("SubscriptionArn") ?? "");
        // Who has confirmed so that a signature is needed to end it is not asked here.
        if (!found || found === "none" || found.subscription.isUnsubscribeAuthenticated)
          throw noSubscription();
        end(found.store, found.subscription);
        return { action: "Unsubscribe" };
      }),
    },
  ];
}

function resultXml(action: string, arn: string | undefined): string {
  const result = arn ? `<SubscriptionArn>${arn}</SubscriptionArn>` : "";
  return `<${action}Response xmlns="${NAMESPACE}"><${action}Result>${result}</${action}Result></${action}Response>`;
}

function errorXml({ message }: AwsError, isMissing: boolean): string {
  const code = isMissing ? "NotFound" : "InvalidParameter";
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}
