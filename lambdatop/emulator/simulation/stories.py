"""The sick ones of the demo fleet, each an incident worth finding, with the truth about it."""

from msgspec.structs import replace

from lambdatop.emulator.simulation.latency import Latency, latency
from lambdatop.emulator.simulation.profile import BehaviourChange, DownstreamCall, PlantedFault, Profile, Traffic
from lambdatop.emulator.simulation.story import Deployment, Story, Trial, Truth, remote

_CART_QUERIES = tuple(
    DownstreamCall(name="DynamoDB", operation="Query", resource="orders", start=0.16 + 0.26 * index, share=0.25)
    for index in range(3)
)

CHECKOUT = Story(
    name="checkout-api",
    memory_mb=1024,
    timeout_s=15,
    runtime="python3.13",
    profile=Profile(
        traffic=Traffic(per_minute=4200, swing=0.12, noise=0.05),
        latency=latency(42, 190, 420),
        tuned_mb=1024,
        used_mb=412,
        error_rate=0.004,
        faults=(PlantedFault("ConditionalCheckFailedException", "The conditional request failed"),),
        cold_rate=0.008,
        init=latency(310, 520),
        calls=_CART_QUERIES,
        routes=(("POST", "https://api.shop.example/checkout"), ("GET", "https://api.shop.example/cart")),
        alias="live",
    ),
    deployment=Deployment(
        version=42,
        ago_s=13 * 60,
        defect=BehaviourChange(
            error_rate=0.06,
            faults=(PlantedFault("KeyError", "'sku'"),),
            latency=Latency((20, 44, 980, 1900, 3000, 4100)),
            error_latency=latency(380, 1900),
        ),
    ),
    truth=Truth(
        trouble="bad deployment",
        cause="version 42 raises KeyError: 'sku'; version 41 did not",
        ago_s=13 * 60,
        bottleneck="DynamoDB Query orders",
    ),
)

IMAGE_RESIZE = Story(
    name="image-resize",
    memory_mb=1024,
    timeout_s=30,
    runtime="python3.12",
    profile=Profile(
        traffic=Traffic(per_minute=320),
        latency=latency(1200, 2800, 4100),
        tuned_mb=1024,
        cpu_share=0.9,
        used_mb=986,
        error_rate=0.0006,
        faults=(PlantedFault("UnidentifiedImageError", "cannot identify image file '/tmp/upload'"),),
        cold_rate=0.02,
        init=latency(620, 900),
        calls=(
            DownstreamCall(name="S3", operation="GetObject", resource="media-uploads", start=0.02, share=0.08),
            DownstreamCall(name="S3", operation="PutObject", resource="media-thumbnails", start=0.9, share=0.09),
        ),
        asynchronous=True,
    ),
    trials=(Trial(ago_s=48 * 60, change=BehaviourChange(heavy_rate=0.01, heavy_mb=1032)),),
    truth=Truth(trouble="out of memory", cause="needs up to 1,032 MB of 1,024; CPU-bound", ago_s=48 * 60),
)

QUOTE_API = Story(
    name="shipping-quote-api",
    memory_mb=512,
    timeout_s=10,
    runtime="java21",
    profile=Profile(
        traffic=Traffic(per_minute=190, peak_factor=3.0, noise=0.45),
        latency=latency(85, 260, 520),
        tuned_mb=512,
        cpu_share=0.6,
        used_mb=238,
        cold_rate=0.12,
        init=latency(1900, 2600),
        calls=(DownstreamCall(name="DynamoDB", operation="GetItem", resource="carriers", start=0.2, share=0.3),),
        routes=(("GET", "https://api.shop.example/shipping/quote"),),
        alias="live",
    ),
    deployment=Deployment(version=17, ago_s=9 * 86400),
    truth=Truth(trouble="cold starts", cause="bursty callers and an init of 1.9 s", bottleneck="init"),
)

_SURGE_AGO_S = 26 * 60
_BATCH_WRITE = DownstreamCall(name="DynamoDB", operation="BatchWriteItem", resource="orders", start=0.1, share=0.6)
_FULFIL = DownstreamCall(name="SQS", operation="SendMessageBatch", resource="fulfilment", start=0.75, share=0.15)

ORDERS_CONSUMER = Story(
    name="orders-consumer",
    memory_mb=512,
    timeout_s=60,
    runtime="nodejs22.x",
    reserved=50,
    surge=(_SURGE_AGO_S, 1.31),
    profile=Profile(
        traffic=Traffic(per_minute=740, swing=0.0, noise=0.05),
        latency=latency(2900, 4300, 5600),
        tuned_mb=512,
        used_mb=180,
        cold_rate=0.001,
        calls=(_BATCH_WRITE, _FULFIL),
        stream_source=True,
    ),
    trials=(Trial(ago_s=_SURGE_AGO_S, change=BehaviourChange(calls=(replace(_BATCH_WRITE, retries=2), _FULFIL))),),
    truth=Truth(
        trouble="throttled",
        cause="reserved concurrency 50 is too small since traffic rose by a third; the stream falls behind",
        ago_s=_SURGE_AGO_S,
        bottleneck="DynamoDB BatchWriteItem orders",
        retried="DynamoDB BatchWriteItem orders",
    ),
)

PAYMENT_CAPTURE = Story(
    name="payment-capture",
    memory_mb=512,
    timeout_s=10,
    runtime="nodejs22.x",
    profile=Profile(
        traffic=Traffic(per_minute=260),
        latency=latency(340, 900, 1600),
        tuned_mb=512,
        cpu_share=0.05,
        used_mb=142,
        faults=(PlantedFault("PaymentDeclined", "issuer declined the charge"),),
        calls=(
            DownstreamCall(name="DynamoDB", operation="GetItem", resource="payments", start=0.02, share=0.04),
            remote("api.payments.example", "/v2/captures", start=0.08, share=0.9),
        ),
        routes=(("POST", "https://api.shop.example/payments/capture"),),
    ),
    trials=(Trial(ago_s=37 * 60, change=BehaviourChange(latency=Latency((160, 900, 6200, 9400, 14500, 21000)))),),
    truth=Truth(
        trouble="slow dependency",
        cause="api.payments.example answers slowly; a timeout of 10 s cuts off 4 %",
        ago_s=37 * 60,
        bottleneck="api.payments.example",
        failing="api.payments.example",
    ),
)

NIGHTLY_ROLLUP = Story(
    name="nightly-rollup",
    memory_mb=3008,
    timeout_s=900,
    runtime="python3.12",
    profile=Profile(
        traffic=Traffic(at_minutes=tuple(range(4, 1440, 15))),
        latency=latency(41_000, 58_000),
        tuned_mb=3008,
        cpu_share=0.1,
        used_mb=212,
        cold_rate=1.0,
        init=latency(700, 1100),
        calls=(
            DownstreamCall(name="Athena", operation="StartQueryExecution", resource="sales", start=0.02, share=0.9),
        ),
    ),
    truth=Truth(
        trouble="oversized",
        cause="uses 212 of 3,008 MB and waits for Athena",
        bottleneck="Athena StartQueryExecution",
    ),
)

INVOICE_RENDER = Story(
    name="invoice-render",
    memory_mb=768,
    timeout_s=20,
    runtime="nodejs18.x",
    profile=Profile(
        traffic=Traffic(per_minute=130),
        latency=latency(460, 980),
        tuned_mb=768,
        cpu_share=0.7,
        used_mb=391,
        calls=(DownstreamCall(name="S3", operation="PutObject", resource="invoices", start=0.85, share=0.12),),
    ),
    truth=Truth(trouble="deprecated runtime", cause="nodejs18.x is deprecated since 2025-09-01"),
)

_STOCK_REFUSES = "ProvisionedThroughputExceededException"
_UPDATE_STOCK = DownstreamCall(name="DynamoDB", operation="UpdateItem", resource="stock", start=0.2, share=0.7)

STOCK_SYNC = Story(
    name="stock-sync",
    memory_mb=256,
    timeout_s=30,
    runtime="python3.12",
    arm=True,
    profile=Profile(
        traffic=Traffic(per_minute=96),
        latency=latency(310, 700),
        tuned_mb=256,
        used_mb=118,
        faults=(PlantedFault(_STOCK_REFUSES, "The level of configured throughput was exceeded"),),
        calls=(_UPDATE_STOCK,),
    ),
    trials=(
        Trial(
            ago_s=150 * 60,
            ended_ago_s=112 * 60,
            change=BehaviourChange(
                error_rate=0.11, calls=(replace(_UPDATE_STOCK, fails_with=_STOCK_REFUSES, retries=3),)
            ),
        ),
    ),
    truth=Truth(
        trouble="recovered",
        cause="table stock refused writes for 38 minutes",
        ago_s=150 * 60,
        bottleneck="DynamoDB UpdateItem stock",
        failing="DynamoDB UpdateItem stock",
        retried="DynamoDB UpdateItem stock",
    ),
)

_SIGNED = DownstreamCall(name="KMS", operation="Verify", resource="partner-keys", start=0.03, share=0.12)
_FORWARDED = remote("rates.partner.example", "/v1/feed", start=0.2, share=0.7)

PARTNER_WEBHOOK = Story(
    name="partner-webhook",
    memory_mb=1536,
    timeout_s=30,
    runtime="nodejs22.x",
    surge=(19 * 60, 40.0),
    profile=Profile(
        traffic=Traffic(per_minute=55, noise=0.2),
        latency=latency(620, 980, 1400),
        tuned_mb=1536,
        cpu_share=0.2,
        used_mb=655,
        calls=(_SIGNED, _FORWARDED),
        routes=(("POST", "https://api.shop.example/partners/webhook"),),
    ),
    truth=Truth(
        trouble="runaway",
        cause="a partner's client answers each answer with another call, forty times as many, and all of it is billed",
        ago_s=19 * 60,
        bottleneck="rates.partner.example",
    ),
)

STORIES = (
    CHECKOUT,
    IMAGE_RESIZE,
    QUOTE_API,
    ORDERS_CONSUMER,
    PAYMENT_CAPTURE,
    NIGHTLY_ROLLUP,
    INVOICE_RENDER,
    STOCK_SYNC,
    PARTNER_WEBHOOK,
)

TRUTH = {story.name: story.truth for story in STORIES if story.truth is not None}
"""Function name to what is planted in it; every other function is well."""
