<?php

use BaconQrCode\Renderer\Image\SvgImageBackEnd;
use BaconQrCode\Renderer\ImageRenderer;
use BaconQrCode\Renderer\RendererStyle\RendererStyle;
use BaconQrCode\Writer;

/** As a web action: answers `text` as a QR code, an SVG of `size` pixels. */
function main(array $args): array
{
    $size = (int) ($args['size'] ?? 200);
    $writer = new Writer(new ImageRenderer(new RendererStyle($size), new SvgImageBackEnd()));
    $svg = $writer->writeString((string) ($args['text'] ?? 'nothing'));
    echo strlen($svg), " bytes of SVG\n";
    // what is no text travels as base64, and SVG counts as such
    return ['headers' => ['Content-Type' => 'image/svg+xml'], 'body' => base64_encode($svg)];
}
