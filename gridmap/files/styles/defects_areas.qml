<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="Symbology">
<renderer-v2 type="categorizedSymbol" attr="severity" forceraster="0" symbollevels="0" enableorderby="0">
<categories><category render="true" symbol="0" value="error" label="error"/><category render="true" symbol="1" value="notice" label="notice"/></categories>
<symbols><symbol name="0" type="fill" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map"><Option name="color" value="192,0,0,120" type="QString"/><Option name="outline_color" value="192,0,0,255" type="QString"/><Option name="outline_width" value="0.6" type="QString"/><Option name="outline_style" value="solid" type="QString"/><Option name="style" value="solid" type="QString"/></Option></layer></symbol><symbol name="1" type="fill" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map"><Option name="color" value="230,140,0,120" type="QString"/><Option name="outline_color" value="230,140,0,255" type="QString"/><Option name="outline_width" value="0.6" type="QString"/><Option name="outline_style" value="solid" type="QString"/><Option name="style" value="solid" type="QString"/></Option></layer></symbol></symbols>
</renderer-v2>
</qgis>
