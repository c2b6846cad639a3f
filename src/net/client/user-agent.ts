import product from '../../../package.json' with { type: 'json' }

/** How we introduce ourselves, such as `agent-sre/0.1.0 (linux/x64)`. */
export const userAgent = `${product.name}/${product.version} (${process.platform}/${process.arch})`
