-- A run of our own that does not say which seed, code, packages, data, encoder and specification made it.
select
    run_id,
    seed,
    code_version,
    versions,
    data_source,
    encoder_fingerprint,
    config
from run
where source = 'xtb'
    and (
        seed is null
        or coalesce(code_version, '') = ''
        or coalesce(versions, '') in ('', '{}')
        or coalesce(data_source, '') = ''
        or coalesce(encoder_fingerprint, '') = ''
        or coalesce(config, '') = ''
    )
