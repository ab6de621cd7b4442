<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="Symbology">
<renderer-v2 type="singleSymbol" forceraster="0" symbollevels="0" enableorderby="0">
<symbols><symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map"><Option name="color" value="245,245,240,255" type="QString"/><Option name="outline_color" value="120,120,120,255" type="QString"/><Option name="outline_width" value="0.26" type="QString"/><Option name="outline_style" value="solid" type="QString"/><Option name="style" value="solid" type="QString"/></Option></layer></symbol></symbols>
</renderer-v2>
</qgis>
